import { describe, expect, it } from 'vitest';

import { controller, type ControllerBuilder } from '../controller/builder.ts';
import { dependent, dependents } from '../controller/dependents/index.ts';
import { defineKind } from '../crd/define-kind.ts';
import { s } from '../crd/schema.ts';
import { ConfigMap, Deployment, Secret } from '../kinds/index.ts';
import { metadataOnly } from '../object/resource-kind.ts';
import { policyRules, type PolicyRule } from '../rbac/permission.ts';
import { enqueueMapped } from '../watch/event-handler.ts';
import { operatorPermissions } from './operator-permissions.ts';

const named = { group: 'demo.io', version: 'v1', spec: s.object({}) };
const Site = defineKind({ ...named, kind: 'Site', status: s.object({}) });
const Plain = defineKind({ ...named, kind: 'Plain' });
const page = dependent(Plain, { name: 'page', kind: ConfigMap, desired: () => undefined });
const nothing = (): Promise<void> => Promise.resolve();

function rules(declare: (builder: ControllerBuilder) => ControllerBuilder): readonly PolicyRule[] {
  const { everywhere } = operatorPermissions([declare(controller('sites')).reconcile(nothing)]);
  return policyRules(everywhere).filter(({ resources }) => !resources.includes('events'));
}
const rule = (group: string, resource: string, ...verbs: PolicyRule['verbs']): PolicyRule => ({
  apiGroups: [group],
  resources: [resource],
  verbs,
});

describe('what an operator has to be allowed', () => {
  it.each<[string, (builder: ControllerBuilder) => ControllerBuilder, readonly PolicyRule[]]>([
    ['is to watch what it is for', (of) => of.for(Plain), [rule('demo.io', 'plains', 'list', 'watch')]],
    [
      'is to patch its status, where it has one',
      (of) => of.for(Site),
      [rule('demo.io', 'sites', 'list', 'watch'), rule('demo.io', 'sites/status', 'patch')],
    ],
    [
      'is not to patch the status of a kind that is not its own',
      (of) => of.for(Deployment),
      [rule('apps', 'deployments', 'list', 'watch')],
    ],
    [
      'is to make and change what it owns, and to block the deletion of the owner',
      (of) => of.for(Plain).owns(ConfigMap),
      [
        rule('demo.io', 'plains', 'list', 'watch'),
        rule('demo.io', 'plains/finalizers', 'update'),
        rule('', 'configmaps', 'get', 'list', 'watch', 'create', 'patch'),
      ],
    ],
    [
      'is to delete dependents, too, and to keep their owner until they are gone',
      (of) => of.for(Plain).dependents(dependents(Plain, [page], { finalizer: 'demo.io/pages' })),
      [
        rule('demo.io', 'plains', 'list', 'watch'),
        rule('demo.io', 'plains/finalizers', 'update'),
        rule('', 'configmaps', 'get', 'list', 'watch', 'create', 'patch'),
        rule('', 'configmaps', 'delete'),
        rule('demo.io', 'plains', 'patch'),
      ],
    ],
    [
      'is to look at everything else that it declared, metadata or whole',
      (of) =>
        of
          .for(Plain)
          .watches(
            metadataOnly(Secret),
            enqueueMapped(() => []),
          )
          .reads(ConfigMap),
      [
        rule('demo.io', 'plains', 'list', 'watch'),
        { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['list', 'watch'] },
      ],
    ],
    [
      'is what it says that it may do beside that',
      (of) => of.for(Plain).may({ resource: Secret, verbs: ['get'], names: ['key'] }),
      [
        rule('demo.io', 'plains', 'list', 'watch'),
        { apiGroups: [''], resources: ['secrets'], resourceNames: ['key'], verbs: ['get'] },
      ],
    ],
  ])('%s', (_what, declare, expected) => {
    expect(rules(declare)).toEqual(expected);
  });

  it('is to tell of what it does', () => {
    const { everywhere } = operatorPermissions([]);
    expect(policyRules(everywhere)).toEqual([rule('', 'events', 'create', 'patch')]);
  });

  it('is to hold its own Lease and no other, in its own namespace, where there is an election', () => {
    expect(policyRules(operatorPermissions([], { lease: 'sites' }).own)).toEqual([
      rule('coordination.k8s.io', 'leases', 'create'),
      { ...rule('coordination.k8s.io', 'leases', 'get', 'patch'), resourceNames: ['sites'] },
    ]);
    expect(operatorPermissions([]).own).toEqual([]);
  });

  it('is to hold the Leases of members and shards, and to see them all, where keys are divided', () => {
    expect(policyRules(operatorPermissions([], { lease: 'sites', shards: 2 }).own)).toEqual([
      rule('coordination.k8s.io', 'leases', 'list', 'create'),
      {
        ...rule('coordination.k8s.io', 'leases', 'get', 'patch'),
        resourceNames: ['sites-member-0', 'sites-member-1', 'sites-shard-0', 'sites-shard-1'],
      },
    ]);
  });

  it('is to ask who scrapes, where that is told from others', () => {
    expect(policyRules(operatorPermissions([], { secureMetrics: true }).cluster)).toHaveLength(2);
    expect(operatorPermissions([]).cluster).toEqual([]);
  });
});
