/** The logger of a process. Libraries take the `Logger` of their `Env`. */
export { winstonLogger, type LogLevel, type WinstonLoggerOptions } from './winston-logger.ts';
