import { describe, expect, it } from 'vitest';

import type { StructuralSchema } from '../../schema/structural-schema.ts';
import { dropEmpty } from './drop-empty.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    names: { type: 'array', items: { type: 'string' } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    default: {},
  },
};

describe('what is empty', () => {
  it.each([
    ['a list', { names: [] }, {}],
    ['a map', { labels: {} }, {}],
    ['neither a list that is any JSON, as a default in a definition is', { default: [] }, { default: [] }],
    ['nor a map that is', { default: {} }, { default: {} }],
  ])('is left out: %s', (_what, object, stored) => {
    expect(dropEmpty(schema, object)).toEqual(stored);
  });
});
