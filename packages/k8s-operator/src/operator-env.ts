import { processEnv, type Env, type LogFields, type Logger } from '@canaryop/reconcile/env';

import type { OperatorLogger } from './original.ts';

/** The environment of an operator: a given one, or the process. Either way it logs to the operator's own logger. */
export function operatorEnv(logger: OperatorLogger, env: Env = processEnv()): Env {
  return { ...env, log: logTo(logger, {}) };
}

/** The original's logger takes text, so fields come behind the message. */
function logTo(logger: OperatorLogger, context: LogFields): Logger {
  const line = (message: string, fields: LogFields = {}): string => {
    const all = Object.entries({ ...context, ...fields }).map(([name, value]) => `${name}=${shown(value)}`);
    return [message, ...all].join(' ');
  };
  return {
    debug: (message, fields) => logger.debug(line(message, fields)),
    info: (message, fields) => logger.info(line(message, fields)),
    warn: (message, fields) => logger.warn(line(message, fields)),
    error: (message, fields) => logger.error(line(message, fields)),
    with: (fields) => logTo(logger, { ...context, ...fields }),
  };
}

function shown(value: unknown): string {
  return JSON.stringify(value instanceof Error ? value.message : value);
}
