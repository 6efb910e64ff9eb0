/** The world as the library sees it: time, timers, random, log, and the network as byte streams. */
export type { Clock } from './clock.ts';
export { startDeadline, type Deadline } from './deadline.ts';
export type { Env } from './env.ts';
export { silentLogger, type LogFields, type Logger } from './logger.ts';
export { processEnv } from './process-env.ts';
export { uuid, type Random } from './random.ts';
export { dateOf, formatMicroTime, formatTime, parseTime } from './time.ts';
export { aborted, sleep, type Cancel, type Timers } from './timers.ts';
export { noTracer, type Span, type SpanAttributes, type Tracer } from './tracer.ts';
export type { ConnectionPool, Transport, TransportRequest, TransportResponse } from './transport.ts';
