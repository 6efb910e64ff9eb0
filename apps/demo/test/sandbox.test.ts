import { once } from 'node:events';
import { access, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { readmeCommand } from './doc-commands.ts';
import { runSandbox, SandboxProcess } from './sandbox-process.ts';

const reaches = (jsonPath: string, value: string): string =>
  `kubectl wait canaryapp/canaryapp-sample --for=jsonpath='{${jsonPath}}'=${value} --timeout=15s`;

/** Seconds instead of half minutes; everything else is the README's. */
const quicken = `kubectl patch canaryapp canaryapp-sample --type=merge --patch '${JSON.stringify({
  spec: {
    trafficShiftUpdateInterval: 1,
    deploymentReadyWaitTime: 0,
    drainSeconds: 1,
    strategy: { stepWeight: 50 },
  },
})}'`;

describe('the sandbox', () => {
  it('plays the story of the README with kubectl, word for word', { timeout: 60_000 }, async () => {
    using sandbox = await SandboxProcess.start();

    const applied = await sandbox.shell(readmeCommand('kubectl kustomize'));
    expect(
      applied
        .trim()
        .split('\n')
        .filter((line) => !line.endsWith(' unchanged')),
    ).toEqual([]);

    await sandbox.shell(readmeCommand('apply -f config/samples'));
    await sandbox.shell(quicken);
    await sandbox.shell(reaches('.status.phase', 'Released'));
    expect(await sandbox.shell('kubectl rollout status deployment/canaryapp-sample-primary --timeout=10s')).toContain(
      'deployment "canaryapp-sample-primary" successfully rolled out',
    );
    await expect.poll(() => sandbox.ask('/hello'), { timeout: 5000 }).toBe('200 Hello! v1');

    await sandbox.shell(readmeCommand('kubectl patch', ':v2'));
    await sandbox.shell(reaches('.status.trafficShift', '50'));
    const routes = await sandbox.shell(readmeCommand('get virtualservice'));
    expect(routes).toMatch(/subset: primary\n +weight: 50\n/);
    await sandbox.shell('kubectl -n canaryop-system delete pod -l control-plane=controller-manager');
    await sandbox.shell(reaches('.status.releasedImage', 'atzedevries/go-status-code-server:v2'));
    await expect.poll(() => sandbox.ask('/hello'), { timeout: 5000 }).toBe('200 Hello! v2');
    expect(await sandbox.shell(readmeCommand('logs deployments').replace(/ -f$/, ''))).toContain(
      'atzedevries/go-status-code-server:v2',
    );

    await sandbox.shell(reaches('.status.phase', 'Released'));
    await sandbox.shell(readmeCommand('kubectl patch', ':v3'));
    await sandbox.shell(reaches('.status.trafficShift', '50'));
    for (let errors = 0; errors < 12; errors += 1)
      expect(await sandbox.ask('/nothello')).toMatch(/^500 NotHello! v[23]$/);
    await sandbox.shell(reaches('.status.lastFailedTag', 'atzedevries/go-status-code-server:v3'));
    await sandbox.shell(reaches('.status.trafficShift', '0'));

    await sandbox.shell(readmeCommand('create serviceaccount'));
    await sandbox.shell(readmeCommand('examples/limited-user'));
    const seen = await sandbox.shell(readmeCommand('--as=', 'get canaryapps'));
    expect(seen).toContain('go-status-code-server:v3');
    expect(await sandbox.run(readmeCommand('--as=', 'get pods'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Error from server (Forbidden): pods is forbidden'),
    });

    await sandbox.shell(readmeCommand('delete canaryapps'));
    await sandbox.shell('kubectl wait --for=delete deployment/canaryapp-sample-primary --timeout=10s');
    expect(await sandbox.shell('kubectl get virtualservices,destinationrules,gateways -o name')).toBe('');
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });

  it('keeps its kubeconfig private, and removes it at Ctrl-C', async () => {
    using sandbox = await SandboxProcess.start(['--no-operator']);
    expect((await stat(sandbox.kubeconfig)).mode & 0o777).toBe(0o600);
    expect(await sandbox.shell('kubectl get deployments --all-namespaces -o name')).toBe('');
    expect(await sandbox.end('SIGINT')).toBe(0);
    await expect(access(sandbox.kubeconfig)).rejects.toThrow('ENOENT');
  });

  it.each(['--port', '--ingress-port'])('says that the port of %s is taken', async (flag) => {
    using holder = await holdPort();
    const other = flag === '--port' ? ['--ingress-port', '0'] : [];
    expect(await runSandbox(['--no-operator', ...other, flag, String(holder.port)])).toEqual({
      code: 1,
      stdout: '',
      stderr: `sandbox: port ${holder.port} is taken: choose another with ${flag}, 0 for any free one\n`,
    });
  });
});

async function holdPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => server.close() };
}
