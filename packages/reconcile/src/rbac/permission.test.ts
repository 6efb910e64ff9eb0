import { describe, expect, it } from 'vitest';

import { policyRules } from './permission.ts';

const apps = { group: 'apps', plural: 'deployments' };
const sets = { group: 'apps', plural: 'daemonsets' };
const pods = { group: '', plural: 'pods' };

describe('rules from permissions', () => {
  it('are one per group and set of verbs, in RBAC’s order', () => {
    expect(
      policyRules([
        { resource: apps, verbs: ['watch', 'list'] },
        { resource: pods, verbs: ['list', 'watch'] },
        { resource: sets, verbs: ['list', 'watch'] },
      ]),
    ).toEqual([
      { apiGroups: ['apps'], resources: ['daemonsets', 'deployments'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    ]);
  });

  it('never lend the verbs of one resource to another', () => {
    expect(
      policyRules([
        { resource: apps, verbs: ['delete'] },
        { resource: sets, verbs: ['patch'] },
        { resource: apps, subresource: 'scale', verbs: ['patch'] },
      ]),
    ).toEqual([
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['delete'] },
      { apiGroups: ['apps'], resources: ['daemonsets', 'deployments/scale'], verbs: ['patch'] },
    ]);
  });

  it('name the objects where that is possible', () => {
    expect(policyRules([{ resource: pods, verbs: ['get', 'patch'], names: ['one'] }])).toEqual([
      { apiGroups: [''], resources: ['pods'], resourceNames: ['one'], verbs: ['get', 'patch'] },
    ]);
    expect(() => policyRules([{ resource: pods, verbs: ['create'], names: ['one'] }])).toThrow(
      /can't be granted by name/,
    );
  });
});
