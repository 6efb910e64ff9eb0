import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startGuard, startProcess, type ManagedProcess, type ProcessScope } from '@canaryop/testkit/control-plane';

import { env } from './env.ts';
import { until } from './until.ts';

/** An alert that fires for as long as the Prometheus that has it runs. */
export interface FiringAlert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where Alertmanager sends its notifications to, and as whom. */
export interface Webhook {
  readonly port: number;
  readonly token: string;
}

/** A real Alertmanager, and real Prometheuses with rules for it. All of them end with `stop`. */
export class Alerting {
  readonly #scope: ProcessScope;
  #port = 0;

  private constructor(scope: ProcessScope) {
    this.#scope = scope;
  }

  /** Starts an Alertmanager that posts to `/alerts`, and to `/kill` what has the label `kill`. */
  static async start(webhook: Webhook): Promise<Alerting> {
    const folder = await mkdtemp(join(tmpdir(), 'canaryop-alerts-'));
    const alerting = new Alerting({ env, folder, guard: startGuard(folder) });
    await alerting.#startAlertmanager(webhook);
    return alerting;
  }

  /** Starts a Prometheus whose rule has an alert fire at once. */
  async fire({ name, labels }: FiringAlert): Promise<void> {
    const rules = { groups: [{ name, interval: '1s', rules: [{ alert: name, expr: 'vector(1)', labels }] }] };
    const config = {
      global: { evaluation_interval: '1s' },
      rule_files: [`${name}-rules.json`],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${this.#port}`] }] }] },
    };
    const { folder } = this.#scope;
    await writeFile(join(folder, `${name}-rules.json`), JSON.stringify(rules));
    await writeFile(join(folder, `${name}.json`), JSON.stringify(config));
    const args = [
      `--config.file=${name}.json`,
      `--storage.tsdb.path=${name}-data`,
      '--web.listen-address=127.0.0.1:0',
      // It knows of no Alertmanager in its first seconds, and by default says things again a minute later.
      '--rules.alert.resend-delay=1s',
    ];
    await startProcess(this.#scope, { name, program: 'prometheus', args });
  }

  async stop(): Promise<void> {
    await this.#scope.guard.end();
  }

  async #startAlertmanager({ port, token }: Webhook): Promise<void> {
    const receiver = (name: string): object => ({
      name,
      webhook_configs: [
        {
          url: `https://127.0.0.1:${port}/${name}`,
          send_resolved: false,
          http_config: {
            authorization: { type: 'Bearer', credentials: token },
            // The operator's certificate is of its own making.
            tls_config: { insecure_skip_verify: true },
          },
        },
      ],
    });
    const route = {
      receiver: 'alerts',
      group_by: ['alertname', 'namespace', 'pod'],
      group_wait: '0s',
      group_interval: '1s',
      routes: [{ receiver: 'kill', matchers: ['kill="yes"'] }],
    };
    const config = { route, receivers: [receiver('alerts'), receiver('kill')] };
    await writeFile(join(this.#scope.folder, 'alertmanager.json'), JSON.stringify(config), { mode: 0o600 });
    const args = [
      '--config.file=alertmanager.json',
      '--storage.path=alertmanager-data',
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ];
    const program = 'prometheus-alertmanager';
    const process = await startProcess(this.#scope, { name: program, program, args });
    this.#port = await until('Alertmanager listens', () => portIn(process), { state: () => process.log() });
  }
}

function portIn(process: ManagedProcess): number | undefined {
  if (process.hasEnded) throw new Error(`Alertmanager has ended:\n${process.log()}`);
  const port = /msg="Listening on".*? address=\S*:(\d+)/.exec(process.log())?.[1];
  return port === undefined ? undefined : Number(port);
}
