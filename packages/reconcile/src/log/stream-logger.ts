import type { Clock } from '../env/clock.ts';
import type { LogFields, Logger } from '../env/logger.ts';
import { processEnv } from '../env/process-env.ts';
import { formatMicroTime } from '../env/time.ts';
import { plainFields, plainText } from './log-record.ts';

/** From the most to the least talkative. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** How a process logs. */
export interface StreamLoggerOptions {
  /** Lines below it are not written. @default 'info' */
  readonly level?: LogLevel;
  /** `json`: one object a line, for machines. `console`: for people, without the frames of packages and of Node. @default 'json' */
  readonly format?: 'json' | 'console';
  /** @default standard output */
  readonly stream?: NodeJS.WritableStream;
  /** @default the process's */
  readonly clock?: Pick<Clock, 'now'>;
}

/** One line, still in parts. */
interface Line {
  readonly ts: string;
  readonly level: LogLevel;
  readonly msg: string;
  readonly fields: LogFields;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/**
 * Logs to a stream. A line has `ts`, `level`, `msg` and the fields; a field of one of those names is kept as
 * `field.<name>`. Control characters are stripped, sizes are bounded, and no value can make logging throw.
 */
export function streamLogger(options: StreamLoggerOptions = {}): Logger {
  const { level = 'info', stream = process.stdout, clock = processEnv().clock } = options;
  const formatted = options.format === 'console' ? consoleLine : jsonLine;
  const written = new Set(levels.slice(levels.indexOf(level)));
  const loggerWith = (fixed: LogFields): Logger => {
    const at =
      (lineLevel: LogLevel) =>
      (message: string, fields: LogFields = {}): void => {
        if (!written.has(lineLevel)) return;
        const ts = formatMicroTime(clock.now()).replace(/\d{3}Z$/u, 'Z');
        const line = { level: lineLevel, msg: plainText(message), ts, fields: plainFields({ ...fixed, ...fields }) };
        stream.write(`${formatted(line)}\n`);
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

function jsonLine({ ts, level, msg, fields }: Line): string {
  const named = Object.entries(fields).map(([name, value]): [string, unknown] => [
    reserved.has(name) ? `field.${name}` : name,
    value,
  ]);
  return JSON.stringify(Object.fromEntries([['ts', ts], ['level', level], ['msg', msg], ...named]));
}

function consoleLine({ ts, level, msg, fields }: Line): string {
  const named = Object.entries(fields).map(
    ([name, value]) =>
      `${name}=${typeof value === 'string' && /^[^\s"=]+$/u.test(value) ? value : JSON.stringify(value, withOwnFrames)}`,
  );
  return [ts, level.toUpperCase().padEnd(5), msg, ...named].join(' ');
}

/** An error's stack, as `plainFields` writes it, with the frames that a reader can do something about. */
function withOwnFrames(name: string, value: unknown): unknown {
  if (name !== 'stack' || typeof value !== 'string') return value;
  const own = value.split(' | ').filter((frame) => !/\/node_modules\/|\(?node:/u.test(frame));
  return own.length === 0 ? undefined : own.join(' | ');
}
