/** The logger of a process. Libraries take the `Logger` of their `Env`. */
export { streamLogger, type LogLevel, type StreamLoggerOptions } from './stream-logger.ts';
