import { describe, expect, it } from 'vitest';

import { docCommand } from './doc-commands.ts';
import { SandboxProcess } from './sandbox-process.ts';

const page = (...words: readonly string[]): string => docCommand('docs/canary-pod.md', ...words);

/** Seconds instead of minutes; everything else is the page's. */
const quicken = `kubectl patch canaryapp porter --type=merge --patch '${JSON.stringify({
  spec: { deploymentReadyWaitTime: 1, drainSeconds: 1, canaryPod: { durationSeconds: 4 } },
})}'`;
const image = (version: string): string => `atzedevries/go-status-code-server:${version}`;
const reaches = (object: string, jsonPath: string, value: string): string =>
  `kubectl wait ${object} --for=jsonpath='{${jsonPath}}'='${value}' --timeout=40s`;
const imageOf = (name: string): string =>
  `kubectl get deployment ${name} -o jsonpath='{.spec.template.spec.containers[0].image}'`;

describe('the commands of the page about a single pod, in the sandbox', () => {
  it('try an image of a CanaryApp, release it, break one, and give back', { timeout: 120_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(page('kubectl apply', 'canary-pod'));
    await sandbox.shell(quicken);
    await sandbox.shell(page('kubectl wait'));
    await sandbox.shell(page('kubectl patch', ':v2'));
    await sandbox.shell(reaches('canaryapp/porter', '.status.trafficShift', '25'));
    const pods = await sandbox.shell(page('kubectl get pods'));
    expect(pods).toMatch(/^porter-canary .*app=porter,canary-for=porter,canary=true$/m);
    expect(pods.match(/ Running /g)).toHaveLength(4);
    await sandbox.shell(reaches('canaryapp/porter', '.status.releasedImage', image('v2')));
    await sandbox.shell(reaches('canaryapp/porter', '.status.phase', 'Released'));
    expect(await sandbox.shell(imageOf('porter'))).toBe(image('v2'));
    const listed = await sandbox.shell(page('kubectl get canaryapp', '--watch').replace(' --watch', ''));
    expect(listed).toMatch(new RegExp(`^porter +${image('v2')} +Released +0 +True +Released`, 'm'));
    await sandbox.shell(page('kubectl patch', 'v4-crash-loop'));
    await sandbox.shell(reaches('canaryapp/porter', '.status.phase', 'Failed'));
    expect(await sandbox.shell(page('kubectl describe', 'porter'))).toContain('PodFailed');
    expect(await sandbox.shell(imageOf('porter'))).toBe(image('v2'));
    await sandbox.shell(page('retry@next'));
    await sandbox.shell(reaches('canaryapp/porter', '.status.lastCommand', '1'));
    await sandbox.shell(page('kubectl delete'));
    await sandbox.shell('kubectl wait --for=delete pod/porter-canary --timeout=20s');
    expect(await sandbox.shell('kubectl get deployments,pods -o name')).toMatch(
      /^deployment.apps\/porter\n(?:pod\/porter-(?!canary)\S+\n){3}$/,
    );
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });

  it('try the image of an annotation, break one, try it again, and leave off', { timeout: 120_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(page('kubectl apply', 'by-annotation'));
    await sandbox.shell('kubectl annotate deployment cashier --overwrite canary-duration=4s');
    await sandbox.shell('kubectl wait --for=create canaryapp/cashier --timeout=20s');
    await sandbox.shell(reaches('canaryapp/cashier', '.status.phase', 'Released'));
    await sandbox.shell(page('kubectl annotate', ':v2'));
    await sandbox.shell(reaches('deployment/cashier', '.metadata.annotations.canary-pod', 'cashier-canary'));
    expect(await sandbox.shell(page('kubectl get deployment cashier'))).toContain('"canary-pod":"cashier-canary"');
    // Without a CanaryApp of one's own there is nothing to quicken but the duration.
    const released = "kubectl get canaryapp cashier -o jsonpath='{.status.phase} {.status.releasedImage}'";
    await expect.poll(() => sandbox.shell(released), { timeout: 60_000 }).toBe(`Released ${image('v2')}`);
    expect(await sandbox.shell(imageOf('cashier'))).toBe(image('v2'));
    expect(await sandbox.shell(page('kubectl describe', 'cashier'))).toContain(`${image('v2')} has all traffic`);
    await sandbox.shell(page('kubectl annotate', 'v4-crash-loop'));
    const fail = "kubectl get deployment cashier -o jsonpath='{.metadata.annotations.canary-fail}'";
    await expect.poll(() => sandbox.shell(fail), { timeout: 40_000 }).toContain('v4-crash-loop: PodFailed');
    await sandbox.shell(page('canary-fail-'));
    await expect.poll(() => sandbox.shell(fail), { timeout: 40_000 }).toContain('v4-crash-loop: PodFailed');
    expect(await sandbox.shell("kubectl get canaryapp cashier -o jsonpath='{.status.lastCommand}'")).toMatch(
      /^canary-fail-/,
    );
    await sandbox.shell(page('kubectl label'));
    await sandbox.shell('kubectl wait --for=delete canaryapp/cashier --timeout=20s');
    expect(await sandbox.shell(imageOf('cashier'))).toBe(image('v2'));
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });
});
