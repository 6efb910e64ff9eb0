import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ConfigMap, controller } from '@canaryop/reconcile';
import { openTelemetry } from '@canaryop/reconcile/tracing';

import { greeter, Greeting } from '../first-operator.ts';
import type { Sharing } from './share.ts';

/** What an OpenTelemetry SDK gets to see. */
export function tracingSuite(share: Sharing): void {
  describe('tracing', () => {
    const exporter = new InMemorySpanExporter();
    beforeAll(() => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager());
      trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    });
    afterAll(() => {
      trace.disable();
      context.disable();
    });

    const reconcilesOf = (namespace: string): readonly ReadableSpan[] =>
      exporter.getFinishedSpans().filter(({ attributes }) => attributes['k8s.namespace.name'] === namespace);
    const partsOf = (span: ReadableSpan | undefined): readonly ReadableSpan[] =>
      exporter.getFinishedSpans().filter((each) => each.parentSpanContext?.spanId === span?.spanContext().spanId);

    it(
      'shows each reconcile, why it was, what came of it, and its requests',
      share(async (test) => {
        const { client, namespace } = test;
        await test.install(Greeting);
        const env = { ...test.server.env, tracer: openTelemetry() };
        const { stop } = test.run({ env, namespaces: [namespace] }, greeter);
        const manifest = { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: test.key('a'), spec: {} };
        await client.create(Greeting, Greeting.withDefaults(manifest));
        await test.until(() => reconcilesOf(namespace).length > 0);
        await stop();
        const [first] = reconcilesOf(namespace);
        expect(first?.name).toBe('reconcile greeter');
        expect(first?.attributes).toMatchObject({
          'controller.name': 'greeter',
          'k8s.object.name': 'a',
          'reconcile.reasons': [`Greeting ${namespace}/a added`],
          'reconcile.failures': 0,
          'reconcile.outcome': 'success',
        });
        const requests = partsOf(first).map(({ name, kind, attributes }) => [name, kind, attributes['url.path']]);
        expect(requests).toEqual([
          ['kubernetes POST', SpanKind.CLIENT, `/api/v1/namespaces/${namespace}/configmaps`],
          ['kubernetes PATCH', SpanKind.CLIENT, `/apis/demo.io/v1/namespaces/${namespace}/greetings/a/status`],
        ]);
      }),
    );

    it(
      'marks what failed, and goes on with the retry',
      share(async (test) => {
        const { client, namespace } = test;
        let attempts = 0;
        const shaky = controller('shaky')
          .for(ConfigMap)
          .reconcile(({ name }) => {
            if (name !== 'a') return Promise.resolve();
            attempts += 1;
            return attempts === 1 ? Promise.reject(new Error('not today')) : Promise.resolve();
          });
        const env = { ...test.server.env, tracer: openTelemetry() };
        const { stop } = test.run({ env, namespaces: [namespace] }, shaky);
        await client.create(ConfigMap, test.configMap('a'));
        const ofA = (): readonly ReadableSpan[] =>
          reconcilesOf(namespace).filter(({ attributes }) => attributes['k8s.object.name'] === 'a');
        await test.until(() => ofA().length >= 2);
        await stop();
        const [failed, retried] = ofA();
        expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'not today' });
        expect(retried?.status.code).toBe(SpanStatusCode.UNSET);
        expect(retried?.attributes['reconcile.reasons']).toContain('retried after an error');
      }),
    );
  });
}
