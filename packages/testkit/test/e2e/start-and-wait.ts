/**
 * A program that starts a control plane, says so in one line of JSON, and never stops it: it ends when its standard input
 * does, or when it is killed. See lifetime.e2e.test.ts.
 */
import { startControlPlane } from '../../src/control-plane/index.ts';

const controlPlane = await startControlPlane({ kwok: true });
process.stdout.write(`${JSON.stringify({ pids: controlPlane.pids, folder: controlPlane.scope.folder })}\n`);
process.stdin.resume();
