import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

import type { SpanAttributes, Tracer } from '../env/tracer.ts';

/**
 * Spans for OpenTelemetry: `run({ ..., env: { ...processEnv(streamLogger()), tracer: openTelemetry() } })`. Which SDK
 * receives them, and where they go, is the process' own set-up; without one they cost next to nothing and go nowhere.
 * @param name of the instrumentation, as it appears in traces
 */
export function openTelemetry(name = '@canaryop/reconcile'): Tracer {
  const tracer = trace.getTracer(name);
  return {
    span: (spanName, attributes, work) => {
      const kind = spanName.startsWith(request) ? SpanKind.CLIENT : SpanKind.INTERNAL;
      return tracer.startActiveSpan(spanName, { kind, attributes: plain(attributes) }, async (span) => {
        try {
          return await work({ set: (more) => span.setAttributes(plain(more)) });
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          span.setStatus({ code: SpanStatusCode.ERROR, message });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}

/** What names of spans about requests begin with. */
const request = 'kubernetes ';

function plain(attributes: SpanAttributes): Record<string, string | number | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, typeof value === 'object' ? [...value] : value]),
  );
}
