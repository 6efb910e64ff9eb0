import { describe, expect, it } from 'vitest';

import { identify, type KnownRevision } from './identify.ts';
import type { SeenConfigs } from './seen-configs.ts';

type Row = {
  readonly seen: Partial<SeenConfigs>;
  readonly known?: readonly Partial<KnownRevision>[];
  readonly id: string;
  readonly configs: Readonly<Record<string, string>>;
};

const released = { id: 'released', hasTemplate: true, configs: { 'configmap/a': 'sha256-1', 'secret/b': 'hmac-01-1' } };
const same = { 'configmap/a': 'sha256-1', 'secret/b': 'hmac-01-1' };

const rows: Readonly<Record<string, Row>> = {
  'what is known is what it was': { seen: { values: same }, id: 'released', configs: same },
  'another template is another revision': {
    seen: { values: same },
    known: [{ ...released, hasTemplate: false }],
    id: 'new',
    configs: same,
  },
  'another checksum is another revision': {
    seen: { values: { ...same, 'configmap/a': 'sha256-2' } },
    id: 'new',
    configs: { ...same, 'configmap/a': 'sha256-2' },
  },
  'something optional that appears is another revision': {
    seen: { values: { 'configmap/o': 'sha256-1' } },
    known: [{ configs: { 'configmap/o': 'absent' } }],
    id: 'new',
    configs: { 'configmap/o': 'sha256-1' },
  },
  'something optional that goes is another revision': {
    seen: { values: { 'configmap/o': 'absent' } },
    known: [{ configs: { 'configmap/o': 'sha256-1' } }],
    id: 'new',
    configs: { 'configmap/o': 'absent' },
  },
  'what is missing keeps its value': {
    seen: { values: { 'secret/b': 'hmac-01-1' }, missing: ['configmap/a'] },
    id: 'released',
    configs: same,
  },
  'what can’t be read keeps its value': {
    seen: { values: { 'configmap/a': 'sha256-1' }, unreadable: ['secret/b'] },
    id: 'released',
    configs: same,
  },
  'what can’t be read keeps its value in another template too': {
    seen: { values: { 'configmap/a': 'sha256-1' }, unreadable: ['secret/b', 'secret/c'], missing: ['configmap/d'] },
    known: [{ ...released, hasTemplate: false }],
    id: 'new',
    configs: { ...same, 'configmap/d': 'absent' },
  },
  'what was missing and is there is another revision': {
    seen: { values: { 'configmap/d': 'sha256-1' } },
    known: [{ configs: { 'configmap/d': 'absent' } }],
    id: 'new',
    configs: { 'configmap/d': 'sha256-1' },
  },
  'what is tracked from now on is taken over': {
    seen: { values: { ...same, 'secret/c': 'hmac-01-9' } },
    id: 'released',
    configs: { ...same, 'secret/c': 'hmac-01-9' },
  },
  'what is not tracked any more is forgotten': {
    seen: { values: { 'secret/b': 'hmac-01-1' } },
    id: 'released',
    configs: { 'secret/b': 'hmac-01-1' },
  },
  'a checksum under another key is taken over': {
    seen: { values: { ...same, 'secret/b': 'hmac-02-7' } },
    id: 'released',
    configs: { ...same, 'secret/b': 'hmac-02-7' },
  },
  'under another key the copy tells what was released': {
    seen: { values: { ...same, 'secret/b': 'hmac-02-8' } },
    known: [{ ...released, copies: { 'secret/b': 'hmac-02-7' } }],
    id: 'new',
    configs: { ...same, 'secret/b': 'hmac-02-8' },
  },
  'a copy that is under an old key as well tells nothing': {
    seen: { values: { ...same, 'secret/b': 'hmac-02-8' } },
    known: [{ ...released, copies: { 'secret/b': 'hmac-01-1' } }],
    id: 'released',
    configs: { ...same, 'secret/b': 'hmac-02-8' },
  },
  'one that failed is known too': {
    seen: { values: { 'configmap/a': 'sha256-2' } },
    known: [{ configs: { 'configmap/a': 'sha256-1' } }, { id: 'failed', configs: { 'configmap/a': 'sha256-2' } }],
    id: 'failed',
    configs: { 'configmap/a': 'sha256-2' },
  },
  'what is on trial stays on trial while nothing can be told': {
    seen: { missing: ['configmap/a'] },
    known: [{ id: 'trial', configs: { 'configmap/a': 'sha256-2' } }, { configs: { 'configmap/a': 'sha256-1' } }],
    id: 'trial',
    configs: { 'configmap/a': 'sha256-2' },
  },
};

describe('which revision it is', () => {
  it.each(Object.entries(rows))('%s', (_, { seen, known = [released], id, configs }) => {
    const full = { values: {}, missing: [], unreadable: [], unsuited: [], ...seen };
    const all = known.map((each) => ({ id: 'released', hasTemplate: true, configs: {}, ...each }));
    expect(identify(full, all, () => 'new')).toEqual({ id, configs });
  });
});
