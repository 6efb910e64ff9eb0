import type { LogFields, Logger } from '../env/logger.ts';

/** One line as it was logged. */
export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is told, for tests of what is logged. */
export function recordingLogger(): { readonly log: Logger; readonly lines: readonly LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const loggerWith = (fixed: LogFields): Logger => {
    const at =
      (level: LoggedLine['level']) =>
      (message: string, fields: LogFields = {}): void => {
        lines.push({ level, message, fields: { ...fixed, ...fields } });
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (fields) => loggerWith({ ...fixed, ...fields }),
    };
  };
  return { log: loggerWith({}), lines };
}
