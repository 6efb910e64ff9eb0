import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { createApiServer } from '../apiserver/api-server.ts';
import { configMapKind } from '../kinds/core-v1.ts';
import { EventWriter } from './event-writer.ts';

const eventKind = resourceKind<KubernetesObject & { readonly message: string; readonly count: number }>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
});

function start() {
  const env = virtualEnv();
  const { loopback } = createApiServer({ env });
  const about = loopback.create(configMapKind, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'default', name: 'a' },
  });
  const events = () => loopback.list(eventKind, { namespace: 'default' }).map(({ message, count }) => [message, count]);
  return { writer: new EventWriter(env, loopback), about, events };
}

describe('events of the world', () => {
  it('are in the order of time, whoever wrote them', () => {
    const { writer, about, events } = start();
    writer.for('one').normal(about, 'Made', 'first');
    writer.for('two').normal(about, 'Made', 'second');
    writer.for('one').warn(about, 'Lost', 'third');
    expect(events()).toEqual([
      ['first', 1],
      ['second', 1],
      ['third', 1],
    ]);
  });

  it('are counted when they happen again', () => {
    const { writer, about, events } = start();
    for (let time = 0; time < 3; time += 1) writer.for('one').warn(about, 'BackOff', 'again');
    expect(events()).toEqual([['again', 3]]);
  });

  it('are dropped when they are refused', () => {
    const { writer, about, events } = start();
    const elsewhere = { ...about, metadata: { ...about.metadata, namespace: 'nowhere' } };
    expect(() => writer.for('one').normal(elsewhere, 'Made', 'lost')).not.toThrow();
    expect(events()).toEqual([]);
  });
});
