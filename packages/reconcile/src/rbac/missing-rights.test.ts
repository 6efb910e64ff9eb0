import { describe, expect, it } from 'vitest';

import { missingRights, type GrantedRule } from './missing-rights.ts';
import type { Permission } from './permission.ts';

const configMaps = { group: '', plural: 'configmaps' };
const needed = (more: Partial<Permission> = {}): Permission => ({
  resource: configMaps,
  verbs: ['list', 'patch'],
  ...more,
});
const rule = (more: Partial<GrantedRule> = {}): GrantedRule => ({
  apiGroups: [''],
  resources: ['configmaps'],
  verbs: ['list', 'patch'],
  ...more,
});

describe('the rights that are missing', () => {
  it.each<[string, Permission, readonly GrantedRule[], readonly string[]]>([
    ['are none when a rule grants them', needed(), [rule()], []],
    ['are none when several rules do', needed(), [rule({ verbs: ['list'] }), rule({ verbs: ['patch'] })], []],
    ['are none when all is granted', needed(), [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], []],
    ['are named with the verb', needed(), [rule({ verbs: ['list'] })], ['patch configmaps']],
    [
      'are named with the group',
      needed({ resource: { group: 'demo.io', plural: 'sites' } }),
      [],
      ['list sites of demo.io', 'patch sites of demo.io'],
    ],
    [
      'are not granted by a rule about another group',
      needed(),
      [rule({ apiGroups: ['apps'] })],
      ['list configmaps', 'patch configmaps'],
    ],
    [
      'of a subresource are rights of their own',
      needed({ subresource: 'status', verbs: ['patch'] }),
      [rule()],
      ['patch configmaps/status'],
    ],
    [
      'of a subresource may be granted for all kinds',
      needed({ subresource: 'status', verbs: ['patch'] }),
      [rule({ resources: ['*/status'] })],
      [],
    ],
    [
      'are not granted by a rule about some objects',
      needed(),
      [rule({ resourceNames: ['a'] })],
      ['list configmaps', 'patch configmaps'],
    ],
    ['about some objects are', needed({ names: ['a'], verbs: ['patch'] }), [rule({ resourceNames: ['a', 'b'] })], []],
    ['about no resource do not count', needed({ verbs: ['list'] }), [{ verbs: ['list'] }], ['list configmaps']],
  ])('%s', (_what, permission, rules, expected) => {
    expect(missingRights([permission], rules)).toEqual(expected);
  });
});
