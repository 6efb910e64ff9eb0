import { describe, expect, it } from 'vitest';

import { docCommand } from './doc-commands.ts';
import { SandboxProcess } from './sandbox-process.ts';

const adopting = (...words: readonly string[]): string => docCommand('docs/adopting.md', ...words);
const configuration = (...words: readonly string[]): string => docCommand('docs/configuration.md', ...words);
const reference = (...words: readonly string[]): string => docCommand('docs/canaryapp.md', ...words);

/** Seconds instead of half minutes; everything else is the page's. */
const quicken = (app: string): string =>
  `kubectl patch canaryapp ${app} --type=merge --patch '${JSON.stringify({
    spec: {
      deploymentReadyWaitTime: 1,
      drainSeconds: 1,
      strategy: { stepWeight: 50 },
      analysis: { intervalSeconds: 3, metrics: [{ name: 'request-success-rate', min: 99, intervalSeconds: 5 }] },
    },
  })}'`;

const reaches = (app: string, jsonPath: string, value: string): string =>
  `kubectl wait canaryapp/${app} --for=jsonpath='{${jsonPath}}'='${value}' --timeout=20s`;

/** Sends requests to a host until the returned function is called, as the pages' `while` line does. */
function requests(sandbox: SandboxProcess, host: string): () => Promise<readonly string[]> {
  const answers: string[] = [];
  const over = new AbortController();
  const sent = (async () => {
    while (!over.signal.aborted) answers.push(await sandbox.ask('/hello', host));
  })();
  return async () => {
    over.abort();
    await sent;
    return answers;
  };
}

describe('the commands of the pages, in the sandbox', () => {
  it('adopt a Deployment, release it, and give it back', { timeout: 120_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(adopting('examples/adopted-deployment'));
    await sandbox.shell(quicken('podinfo'));
    await sandbox.shell(adopting('kubectl wait', 'podinfo'));
    expect(adopting('podinfo.example.com')).toContain('localhost:8090/hello');
    const stop = requests(sandbox, 'podinfo.example.com');
    await expect.poll(() => sandbox.ask('/hello', 'podinfo.example.com')).toBe('200 Hello! v1');
    await sandbox.shell(adopting('kubectl set image'));
    await sandbox.shell(reaches('podinfo', '.status.releasedImage', 'atzedevries/go-status-code-server:v2'));
    await sandbox.shell(reaches('podinfo', '.status.phase', 'Released'));
    expect((await stop()).at(-1)).toBe('200 Hello! v2');
    await sandbox.shell(reference('kubectl annotate').replace('canaryapp-sample', 'podinfo'));
    await sandbox.shell(reaches('podinfo', '.status.lastCommand', '1'));
    await sandbox.shell(adopting('kubectl delete'));
    expect(
      await sandbox.shell("kubectl get deployment podinfo -o jsonpath='{.spec.replicas} {.status.readyReplicas}'"),
    ).toBe('2 2');
    expect(await sandbox.shell('kubectl get virtualservices,services -o name')).not.toContain('podinfo');
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });

  it('let go of a Deployment at once', { timeout: 60_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(adopting('examples/adopted-deployment'));
    await sandbox.shell(quicken('podinfo'));
    await sandbox.shell(adopting('kubectl wait', 'podinfo'));
    await sandbox.shell('kubectl -n canaryop-system scale deployment/canaryop-controller-manager --replicas=0');
    await sandbox.shell(adopting('kubectl delete').concat(' --wait=false'));
    await sandbox.shell(adopting('"finalizers": null'));
    await sandbox.shell('kubectl wait --for=delete canaryapp/podinfo deployment/podinfo-primary --timeout=20s');
    expect(await sandbox.shell('kubectl get deployments -o name')).toBe('deployment.apps/podinfo\n');
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });

  it('release a ConfigMap, and then a Secret', { timeout: 120_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(configuration('kubectl apply', 'examples/configuration'));
    await sandbox.shell(quicken('greeter'));
    await sandbox.shell(configuration('kubectl wait'));
    const stop = requests(sandbox, 'greeter.example.com');
    const before = await sandbox.shell(configuration('trackedConfigs'));
    expect(before).toMatch(/^\{"configmap\/greeter-settings":"sha256-[0-9a-f]{32}"\}$/);
    await sandbox.shell(configuration('kubectl patch configmap'));
    await sandbox.shell(reaches('greeter', '.status.trafficShift', '50'));
    await sandbox.shell(reaches('greeter', '.status.phase', 'Released'));
    expect(await sandbox.shell(configuration('trackedConfigs'))).not.toBe(before);
    expect(await sandbox.shell("kubectl get configmap greeter-settings-primary -o jsonpath='{.data.mode}'")).toBe(
      'fancy',
    );
    await sandbox.shell(configuration('secret_tracking_role').replace('my-namespace', 'default'));
    await sandbox.shell('kubectl create secret generic greeting --from-literal=WORD=hi');
    await sandbox.shell('kubectl set env deployment/greeter --from=secret/greeting');
    await sandbox.shell(reaches('greeter', '.status.trafficShift', '50'));
    await sandbox.shell(reaches('greeter', '.status.phase', 'Released'));
    expect(await sandbox.shell('kubectl get secrets -o name')).toContain('secret/greeting-primary');
    await stop();
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });

  it('shift a Service, and not one request fails', { timeout: 120_000 }, async () => {
    using sandbox = await SandboxProcess.start();
    await sandbox.shell(adopting('examples/adopted-service'));
    await sandbox.shell(quicken('catalogue'));
    await sandbox.shell(adopting('kubectl wait', 'catalogue'));
    expect(adopting('catalogue.example.com')).toContain('localhost:8090/hello');
    await expect.poll(() => sandbox.ask('/hello', 'catalogue.example.com')).toBe('200 Hello! v1');
    const stop = requests(sandbox, 'catalogue.example.com');
    await sandbox.shell(adopting('kubectl patch service'));
    await sandbox.shell(reaches('catalogue', '.status.trafficShift', '50'));
    await sandbox.shell(reaches('catalogue', '.status.phase', 'Released'));
    const answers = await stop();
    expect(answers.at(-1)).toBe('200 Hello! v2');
    expect(answers.filter((answer) => !answer.startsWith('200 '))).toEqual([]);
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });
});
