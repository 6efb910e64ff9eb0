import { describe, expect, it } from 'vitest';

import type { Sequence } from '../sequence/operation.ts';
import type { Trace } from '../play/trace.ts';
import { differences } from './difference.ts';
import { comparable } from './normalize.ts';

const path = '/api/v1/namespaces/{{ns}}/configmaps';
const sequence: Sequence = {
  seed: 1,
  operations: [
    { id: 1, method: 'POST', path },
    { id: 2, method: 'GET', path: `${path}/a` },
  ],
};

interface Server {
  readonly word: string;
  readonly uid: string;
  readonly versions: readonly [string, string];
  readonly created: string;
  readonly data?: string;
}

function trace({ word, uid, versions, created, data = '1' }: Server): Trace {
  const object = (resourceVersion: string) => ({
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: word, uid, resourceVersion, creationTimestamp: created },
    data: { a: data },
  });
  return {
    word,
    answers: versions.map((version, at) => ({ id: at + 1, status: 200, body: object(version), warnings: [] })),
  };
}

const left: Server = {
  word: 'qa1',
  uid: '11111111-1111-4111-8111-111111111111',
  versions: ['7', '7'],
  created: '2026-01-01T00:00:00Z',
};
const right: Server = {
  word: 'qb2',
  uid: '22222222-2222-4222-9222-222222222222',
  versions: ['4711', '4711'],
  created: '2026-11-27T03:00:00Z',
};

const compared = (one: Server, other: Server): readonly string[] =>
  differences(sequence, comparable(trace(one), sequence), comparable(trace(other), sequence)).map(({ at }) => at);

describe('two answers', () => {
  it('are the same but for what each server chooses: words, uids, times, versions', () => {
    expect(compared(left, right)).toEqual([]);
  });

  it('differ where the object does', () => {
    expect(compared(left, { ...right, data: '2' })).toEqual(['body.data.a', 'body.data.a']);
  });

  it('differ when one server says that an object was written again', () => {
    expect(compared(left, { ...right, versions: ['4711', '4712'] })).toEqual(['body.metadata.resourceVersion']);
  });
});

describe('two refusals', () => {
  const refused = (status: number, message: string, field: string): Trace => ({
    word: 'q1',
    answers: [
      {
        id: 1,
        status,
        body: {
          kind: 'Status',
          status: 'Failure',
          message,
          reason: 'Invalid',
          details: { causes: [{ field, message, reason: 'X' }] },
        },
        warnings: [],
      },
    ],
  });
  const one: Sequence = { seed: 1, operations: sequence.operations.slice(0, 1) };
  const paths = (a: Trace, b: Trace): readonly string[] =>
    differences(one, comparable(a, one), comparable(b, one)).map(({ at }) => at);

  it('are the same in other words', () => {
    expect(paths(refused(422, 'no', 'spec.x'), refused(422, 'must not', 'spec.x'))).toEqual([]);
  });

  it('differ by their status, and by the fields that they name', () => {
    expect([
      paths(refused(422, 'no', 'spec.x'), refused(409, 'no', 'spec.x')),
      paths(refused(422, 'no', 'spec.x'), refused(422, 'no', 'spec.y')),
    ]).toEqual([['status'], ['body.causes.0']]);
  });
});
