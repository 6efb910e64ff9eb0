import { describe, expect, it } from 'vitest';

import { docCommand } from './doc-commands.ts';
import { SandboxProcess } from './sandbox-process.ts';

const page = (...words: readonly string[]): string => docCommand('docs/replica-ratio.md', ...words);

/** Seconds instead of half minutes; everything else is the page's. */
const quicken = `kubectl patch canaryapp mailer --type=merge --patch '${JSON.stringify({
  spec: {
    deploymentReadyWaitTime: 1,
    drainSeconds: 1,
    strategy: { maxStepSeconds: 3, checkIntervalSeconds: 1, startDelaySeconds: 0 },
  },
})}'`;
const image = (version: string): string => `atzedevries/go-status-code-server:${version}`;
const reaches = (object: string, jsonPath: string, value: string): string =>
  `kubectl wait ${object} --for=jsonpath='{${jsonPath}}'='${value}' --timeout=40s`;

describe('the commands of the page about replica ratio, in the sandbox', () => {
  it('release, scale, bypass, break, and give back', { timeout: 180_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(page('kubectl apply'));
    await sandbox.shell(quicken);
    await sandbox.shell(page('kubectl wait'));
    expect(page('mailer.example.com')).toContain('localhost:8090/hello');
    await expect.poll(() => sandbox.ask('/hello', 'mailer.example.com')).toBe('200 Hello! v1');
    await sandbox.shell(page('kubectl set image', 'server:v2'));
    await sandbox.shell(reaches('canaryapp/mailer', '.status.trafficShift', '50'));
    expect(await sandbox.shell("kubectl get deployment mailer -o jsonpath='{.spec.replicas}'")).toBe('2');
    await sandbox.shell(reaches('canaryapp/mailer', '.status.releasedImage', image('v2')));
    await sandbox.shell(reaches('canaryapp/mailer', '.status.phase', 'Released'));
    await sandbox.shell(page('kubectl scale'));
    await sandbox.shell(reaches('deployment/mailer-primary', '.status.readyReplicas', '6'));
    await sandbox.shell(page('bypass@next'));
    await sandbox.shell(reaches('canaryapp/mailer', '.status.lastCommand', '1'));
    await sandbox.shell(page('kubectl set image', 'server:v3'));
    await sandbox.shell(reaches('canaryapp/mailer', '.status.releasedImage', image('v3')));
    await expect.poll(() => sandbox.ask('/hello', 'mailer.example.com')).toBe('200 Hello! v3');
    await sandbox.shell(page('kubectl set image', 'v4-crash-loop'));
    await sandbox.shell(reaches('canaryapp/mailer', '.status.phase', 'Failed'));
    const containers = "jsonpath='{.spec.template.spec.containers[0].image} {.spec.replicas}'";
    expect(await sandbox.shell(`kubectl get deployment mailer -o ${containers}`)).toBe(`${image('v3')} 0`);
    expect(await sandbox.shell(page('kubectl describe'))).toContain('TargetRestored');
    await sandbox.shell(page('kubectl delete'));
    await sandbox.shell(reaches('deployment/mailer', '.status.readyReplicas', '6'));
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });
});
