import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { docCommand } from './doc-commands.ts';
import { OperatorProcess } from './operator-process.ts';
import { SandboxProcess } from './sandbox-process.ts';

const page = (...words: readonly string[]): string => docCommand('docs/coming-from-aviary.md', ...words);

/** Seconds instead of half minutes; everything else is the example's. */
const quicken = `kubectl patch canaryapp mailer --type=merge --patch '${JSON.stringify({
  spec: {
    deploymentReadyWaitTime: 1,
    drainSeconds: 1,
    strategy: { maxStepSeconds: 3, checkIntervalSeconds: 1, startDelaySeconds: 0 },
  },
})}'`;
const reaches = (jsonPath: string, value: string): string =>
  `kubectl wait canaryapp/mailer --for=jsonpath='{${jsonPath}}'='${value}' --timeout=40s`;
const image = (version: string): string => `atzedevries/go-status-code-server:${version}`;

/** What `nc` is to the console. */
class Line {
  readonly #socket: Socket;
  #text = '';

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port });
    this.#socket.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
  }

  /** Types a line, and resolves with the answer, up to the next prompt. */
  async type(line: string): Promise<string> {
    await this.prompt();
    this.#text = '';
    this.#socket.write(`${line}\n`);
    return this.prompt();
  }

  async prompt(): Promise<string> {
    await expect.poll(() => this.#text, { timeout: 5_000 }).toContain('_> ');
    return this.#text;
  }

  /** Resolves when the other end has hung up. */
  async hungUp(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }
}

/** The operator as the page starts it, on a free port. */
function operatorOf(sandbox: SandboxProcess): OperatorProcess {
  const words = page('pnpm@', ' operator ').split(' ');
  const [resolveFlag, address] = words.slice(words.indexOf('--resolve'));
  expect(sandbox.operatorFlags.map((each) => each.replace(/:\d+$/, ':PORT'))).toEqual([resolveFlag, address]);
  const console = words.find((word) => word.startsWith('--console-bind-address=')) ?? '';
  return new OperatorProcess(sandbox.kubeconfig, [console.replace(/:\d+$/, ':0'), ...sandbox.operatorFlags]);
}

describe('the line console, as the page has it tried in the sandbox', () => {
  it('lists, bypasses, thinks better of it, and aborts', { timeout: 120_000 }, async () => {
    const [, flag] = page('pnpm@', ' sandbox ').split(' sandbox ');
    using sandbox = await SandboxProcess.start([flag ?? '']);
    using operator = operatorOf(sandbox);
    const { address } = await operator.logged('the console listens');
    await sandbox.shell(page('kubectl apply'));
    await sandbox.shell(quicken);
    await sandbox.shell(reaches('.status.phase', 'Released'));

    const line = new Line(Number(String(address).split(':').at(-1)));
    expect(await line.prompt()).toContain('List of services : \n[0] default/mailer\n');
    expect(await line.type('bypass 0')).toContain('Next deployment of default/mailer will be done directly.');
    await expect.poll(() => line.type('ls')).toContain('[0] *default/mailer');
    await line.type('nobypass default/mailer');
    await expect.poll(() => line.type('ls')).toContain('[0] default/mailer');
    await line.type('bypass default/mailer');
    await expect.poll(() => line.type('ls')).toContain('[0] *default/mailer');
    await sandbox.shell(`kubectl set image deployment/mailer server=${image('v2')}`);
    await sandbox.shell(reaches('.status.releasedImage', image('v2')));
    const certificate = "kubectl get canaryapp mailer -o jsonpath='{.status.released.certificate.detail}'";
    expect(await sandbox.shell(certificate)).toMatch(/^bypass, request console-/);
    await sandbox.shell(reaches('.status.phase', 'Released'));

    expect(await line.type('abort 0')).toContain('Nothing of default/mailer can be aborted.');
    await sandbox.shell(`kubectl set image deployment/mailer server=${image('v3')}`);
    await sandbox.shell(reaches('.status.trafficShift', '25'));
    expect(await line.type('ls')).toContain('[0] ~default/mailer');
    expect(await line.type('abort 0')).toContain('Aborting deployment of default/mailer ...');
    await sandbox.shell(reaches('.status.phase', 'Failed'));
    await sandbox.shell(reaches('.status.wantedImage', image('v2')));

    expect(await operator.end()).toBe(0);
    await line.hungUp();
    expect(await sandbox.end('SIGTERM')).toBe(0);
  });
});
