import { parseArgs } from 'node:util';

import { processEnv, run, streamLogger } from '@canaryop/reconcile';

import { operator } from './operator.ts';

const { values: flags } = parseArgs({
  options: {
    'leader-elect': { type: 'boolean', default: false },
    'health-probe-bind-address': { type: 'string', default: ':8081' },
    'metrics-bind-address': { type: 'string', default: ':8080' },
    'metrics-secure': { type: 'boolean', default: false },
    // 0: none are served.
    'webhook-bind-address': { type: 'string', default: ':9443' },
    'log-level': { type: 'string', default: 'info' },
    // console: for people. `reconcile dev` asks for it.
    'log-format': { type: 'string', default: 'json' },
    // Logs what is written at rest: `reconcile dev` does so.
    'check-idempotence': { type: 'boolean', default: false },
  },
});

const log = streamLogger({
  level: oneOf('log-level', ['debug', 'info', 'warn', 'error']),
  format: oneOf('log-format', ['json', 'console']),
});
const { fieldManager, controllers, webhooks } = operator;
const address = flags['webhook-bind-address'];
const hasWebhooks = webhooks.admission.length + webhooks.conversion.length > 0 && address !== '0';

await run({
  env: processEnv(log),
  fieldManager,
  controllers,
  leaderElect: flags['leader-elect'],
  checkIdempotence: flags['check-idempotence'],
  probes: { address: flags['health-probe-bind-address'] },
  metrics: { address: flags['metrics-bind-address'], ...(flags['metrics-secure'] ? { secure: {} } : {}) },
  ...(hasWebhooks ? { webhooks: { ...webhooks, address } } : {}),
});

function oneOf<T extends string>(flag: 'log-level' | 'log-format', allowed: readonly T[]): T {
  const found = allowed.find((each) => each === flags[flag]);
  if (found === undefined) throw new Error(`--${flag} ${flags[flag]}: must be one of ${allowed.join(', ')}`);
  return found;
}
