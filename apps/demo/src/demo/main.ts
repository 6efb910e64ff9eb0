import { Command, CommanderError } from 'commander';

import { processEnv } from '@canaryop/reconcile/env';
import { terminationSignal } from '@canaryop/reconcile/manager';

import { parsePort } from '../cluster/port-option.ts';
import { jsonView } from '../view/json-view.ts';
import { terminalView } from '../view/terminal-view.ts';
import type { View } from '../view/view.ts';
import { runDemo } from './demo.ts';

interface Flags {
  readonly ingressPort: number;
  readonly prometheus?: true;
  readonly json?: true;
}

const interruptedExitCode = 130;

const command = new Command('demo')
  .description('Releases v2 and breaks v3 on a cluster in this process, in about a minute.')
  .option('--ingress-port <port>', 'port of the ingress; 0 takes a free one', parsePort, 8090)
  .option('--prometheus', "use the machine's own Prometheus instead of the embedded one")
  .option('--json', 'print one JSON object a line, the result last')
  .exitOverride();

// Whoever read the output is gone, as with `| head`.
process.stdout.on('error', () => process.exit(1));
try {
  process.exit(await run(command.parse().opts<Flags>()));
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function run(flags: Flags): Promise<number> {
  const env = processEnv();
  const signal = terminationSignal(process, () => process.exit(interruptedExitCode));
  const view = viewOf(flags);
  const startedMs = env.clock.monotonic();
  try {
    const result = await runDemo({
      env,
      ingressPort: flags.ingressPort,
      installedPrometheus: flags.prometheus === true,
      tell: (event) => view.tell(event),
      signal,
    });
    view.end(result, (env.clock.monotonic() - startedMs) / 1000);
    return result.result === 'ok' ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    view.abandon();
    return interruptedExitCode;
  }
}

function viewOf({ json }: Flags): View {
  const { stdout } = process;
  const write = (text: string): void => {
    stdout.write(text);
  };
  if (json === true) return jsonView(write);
  const isTerminal = stdout.isTTY && process.env['TERM'] !== 'dumb';
  const hasColours = isTerminal && !process.env['NO_COLOR'];
  return terminalView({ write, isTerminal, hasColours });
}
