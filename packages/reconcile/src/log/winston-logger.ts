import { createLogger, format, transports } from 'winston';

import type { Clock } from '../env/clock.ts';
import type { LogFields, Logger } from '../env/logger.ts';
import { processEnv } from '../env/process-env.ts';
import { formatMicroTime } from '../env/time.ts';
import { plainFields, plainText } from './log-record.ts';

/** From the most to the least talkative. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** How a process logs. */
export interface WinstonLoggerOptions {
  /** Lines below it are not written. @default 'info' */
  readonly level?: LogLevel;
  /** `json`: one object a line, for machines. `console`: for people, without the frames of packages and of Node. @default 'json' */
  readonly format?: 'json' | 'console';
  /** @default standard output */
  readonly stream?: NodeJS.WritableStream;
  /** @default the process's */
  readonly clock?: Pick<Clock, 'now'>;
}

type Line = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: unknown };

/**
 * Logs through winston. A line has `ts`, `level`, `msg` and the fields; a field of one of those names is kept as
 * `field.<name>`. Control characters are stripped, sizes are bounded, and no value can make logging throw.
 */
export function winstonLogger(options: WinstonLoggerOptions = {}): Logger {
  const { level = 'info', stream = process.stdout, clock = processEnv().clock } = options;
  const write = createLogger({
    level,
    format: format.printf(options.format === 'console' ? consoleLine : jsonLine),
    transports: [new transports.Stream({ stream, eol: '\n' })],
  });
  const loggerWith = (fixed: LogFields): Logger => {
    const at =
      (lineLevel: LogLevel) =>
      (message: string, fields: LogFields = {}): void => {
        if (!write.isLevelEnabled(lineLevel)) return;
        const ts = formatMicroTime(clock.now()).replace(/\d{3}Z$/u, 'Z');
        write.log({ level: lineLevel, message: plainText(message), ts, fields: plainFields({ ...fixed, ...fields }) });
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (fields) => loggerWith({ ...fixed, ...fields }),
    };
  };
  return loggerWith({});
}

const reserved = new Set(['ts', 'level', 'msg']);

function jsonLine({ level, message, ...rest }: Line): string {
  const fields = Object.entries(rest['fields'] as LogFields).map(([name, value]): [string, unknown] => [
    reserved.has(name) ? `field.${name}` : name,
    value,
  ]);
  return JSON.stringify(Object.fromEntries([['ts', rest['ts']], ['level', level], ['msg', message], ...fields]));
}

function consoleLine({ level, message, ...rest }: Line): string {
  const fields = Object.entries(rest['fields'] as LogFields).map(
    ([name, value]) =>
      `${name}=${typeof value === 'string' && /^[^\s"=]+$/u.test(value) ? value : JSON.stringify(value, withOwnFrames)}`,
  );
  return [rest['ts'], level.toUpperCase().padEnd(5), message, ...fields].join(' ');
}

/** An error's stack, as `plainFields` writes it, with the frames that a reader can do something about. */
function withOwnFrames(name: string, value: unknown): unknown {
  if (name !== 'stack' || typeof value !== 'string') return value;
  const own = value.split(' | ').filter((frame) => !/\/node_modules\/|\(?node:/u.test(frame));
  return own.length === 0 ? undefined : own.join(' | ');
}
