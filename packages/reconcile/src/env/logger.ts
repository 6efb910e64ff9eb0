/** Structured fields of one log line. Values must be JSON; secrets and response bodies never belong here. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the library and its users log. One method a level, a message that is constant, and facts as fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  with(fields: LogFields): Logger;
}

const ignore = (): void => undefined;

/** Discards every line. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  with: () => silentLogger,
};
