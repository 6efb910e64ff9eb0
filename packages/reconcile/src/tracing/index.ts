/** Spans of reconciles and of the requests in them, for OpenTelemetry. */
export { openTelemetry } from './open-telemetry.ts';
