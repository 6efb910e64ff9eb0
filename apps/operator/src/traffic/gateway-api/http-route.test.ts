import { describe, expect, it } from 'vitest';

import { unconfirmedRoute } from './acceptance.ts';
import { httpRouteOf, routedPort, weightOfRoute } from './http-route.ts';
import type { HTTPRoute, RouteParentStatus } from './kinds.ts';

const services = { primary: 'shop-primary', secondary: 'shop-canary' };
const says = { gateways: ['public', 'infra/edge'], hosts: ['shop.example.com'], services, port: 8080, weight: 30 };
const route = httpRouteOf({ name: 'shop', namespace: 'web' }, says);
const withRules = (rules: unknown): HTTPRoute => ({ ...route, spec: { ...route.spec, rules } }) as HTTPRoute;
const [rule] = route.spec.rules;

describe('an HTTPRoute', () => {
  it('is at the Gateways and hosts of the spec, and shares all requests out between two Services', () => {
    expect(route.spec).toEqual({
      parentRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public' },
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra', name: 'edge' },
      ],
      hostnames: ['shop.example.com'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [
            { group: '', kind: 'Service', name: 'shop-primary', port: 8080, weight: 70 },
            { group: '', kind: 'Service', name: 'shop-canary', port: 8080, weight: 30 },
          ],
        },
      ],
    });
  });

  it('names no host where every host is meant', () => {
    expect(httpRouteOf({ name: 'shop' }, { ...says, hosts: ['*'] }).spec).not.toHaveProperty('hostnames');
  });

  it('is read back as it was written', () => {
    expect([weightOfRoute(route, services), routedPort(route)]).toEqual([30, 8080]);
  });

  it.each<[string, HTTPRoute]>([
    ['no spec', { apiVersion: 'v1', kind: 'HTTPRoute', metadata: { name: 'shop' } } as HTTPRoute],
    ['no rules', withRules([])],
    ['two rules', withRules([rule, rule])],
    ['one Service', withRules([{ backendRefs: rule?.backendRefs?.slice(0, 1) }])],
    ['a third Service', withRules([{ backendRefs: [...(rule?.backendRefs ?? []), { name: 'other', weight: 0 }] }])],
    [
      'another Service',
      withRules([
        {
          backendRefs: [
            { name: 'shop-primary', weight: 50 },
            { name: 'other', weight: 50 },
          ],
        },
      ]),
    ],
    ['weights that are left out', withRules([{ backendRefs: [{ name: 'shop-primary' }, { name: 'shop-canary' }] }])],
  ])('with %s says nothing', (_what, changed) => {
    expect(weightOfRoute(changed, services)).toBeUndefined();
  });
});

const generation = 3;
const condition = (type: string, status: string, observedGeneration = generation) => ({
  type,
  status,
  reason: status === 'False' ? 'NotAllowedByListeners' : type,
  message: 'because',
  observedGeneration,
});
const yes = [condition('Accepted', 'True'), condition('ResolvedRefs', 'True')];
const said = (name: string, conditions: RouteParentStatus['conditions'], more: object = {}): RouteParentStatus => ({
  parentRef: { name, ...more },
  controllerName: 'example.com/gateway',
  ...(conditions === undefined ? {} : { conditions }),
});
const public_ = (conditions: RouteParentStatus['conditions']) => said('public', conditions);
const edge = said('edge', yes, { namespace: 'infra' });
const judged = (parents: readonly RouteParentStatus[]) =>
  unconfirmedRoute({ ...route, metadata: { ...route.metadata, generation }, status: { parents } });

describe('a route', () => {
  it('is confirmed when each of its Gateways accepted it as it is now', () => {
    expect(judged([public_(yes), edge])).toBeUndefined();
  });

  it.each<[string, readonly RouteParentStatus[]]>([
    ['nobody has said anything', []],
    ['one Gateway has said nothing', [edge]],
    ['a Gateway of the same name in another namespace', [said('public', yes, { namespace: 'infra' }), edge]],
    ['it was accepted as it was before', [public_(yes.map((each) => ({ ...each, observedGeneration: 2 }))), edge]],
    ['only a part is said', [public_(yes.slice(0, 1)), edge]],
    ['it is not known', [public_([condition('Accepted', 'Unknown'), condition('ResolvedRefs', 'True')]), edge]],
    ['it was refused as it was before', [public_([condition('Accepted', 'False', 2)]), edge]],
  ])('is not confirmed while %s', (_what, parents) => {
    expect(judged(parents)).toMatchObject({ isRefused: false, message: expect.stringContaining('Gateway web/public') });
  });

  it.each<[string, RouteParentStatus['conditions']]>([
    ['it is not accepted', [condition('Accepted', 'False'), condition('ResolvedRefs', 'True')]],
    ['a Service is not found', [condition('Accepted', 'True'), condition('ResolvedRefs', 'False')]],
  ])('is refused when %s, with the reason', (_what, conditions) => {
    expect(judged([public_(conditions), edge])).toEqual({
      isRefused: true,
      message:
        'Gateway web/public does not accept HTTPRoute shop (NotAllowedByListeners: because); change the Gateway, or spec.service of the CanaryApp',
    });
  });

  it('is confirmed by one of two controllers, whatever the other says', () => {
    const other = { ...public_([condition('Accepted', 'False')]), controllerName: 'example.com/other' };
    expect(judged([other, public_(yes), edge])).toBeUndefined();
  });
});
