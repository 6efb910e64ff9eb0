import { describe, expect, it } from 'vitest';

import { docCommand } from './doc-commands.ts';
import { SandboxProcess } from './sandbox-process.ts';

const page = (...words: readonly string[]): string => docCommand('docs/gateway-api.md', ...words);
const host = 'storefront.example.com';
/** Seconds instead of half minutes; everything else is the page's. */
const quickened = JSON.stringify({
  spec: {
    deploymentReadyWaitTime: 1,
    drainSeconds: 1,
    strategy: { stepWeight: 50 },
    analysis: { intervalSeconds: 3, metrics: [{ name: 'request-success-rate', min: 99, intervalSeconds: 5 }] },
  },
});

describe('the commands of docs/gateway-api.md, in the sandbox', () => {
  it('release a Deployment behind a Gateway of the Gateway API, and give it back', { timeout: 120_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(page('kubectl apply'));
    await sandbox.shell(`kubectl patch canaryapp storefront --type=merge --patch '${quickened}'`);
    await sandbox.shell(page('kubectl wait'));
    expect(page(host)).toContain('localhost:8090/hello');
    await expect.poll(() => sandbox.ask('/hello', host)).toBe('200 Hello! v1');
    const over = new AbortController();
    const answers: string[] = [];
    const sent = (async () => {
      while (!over.signal.aborted) answers.push(await sandbox.ask('/hello', host));
    })();
    await sandbox.shell(page('kubectl set image'));
    const weights = page('kubectl get httproute', 'weight').replace(' --watch', '');
    await expect.poll(() => sandbox.shell(weights), { timeout: 20_000 }).toBe('50 50\n');
    const reaches = (path: string, value: string): string =>
      `kubectl wait canaryapp/storefront --for=jsonpath='{${path}}'='${value}' --timeout=30s`;
    await sandbox.shell(reaches('.status.releasedImage', 'atzedevries/go-status-code-server:v2'));
    await sandbox.shell(reaches('.status.phase', 'Released'));
    over.abort();
    await sent;
    expect(answers.at(-1)).toBe('200 Hello! v2');
    expect(answers.filter((answer) => !answer.startsWith('200 '))).toEqual([]);
    expect(await sandbox.shell(page('.status.parents'))).toContain('"type":"Accepted"');
    await sandbox.shell(page('kubectl delete canaryapp'));
    expect(await sandbox.shell("kubectl get deployment storefront -o jsonpath='{.spec.replicas}'")).toBe('2');
    expect(await sandbox.shell('kubectl get httproutes -o name')).toBe('');
    await sandbox.shell(page('kubectl delete -f'));
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });
});
