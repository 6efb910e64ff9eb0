import { describe, expect, it } from 'vitest';

import type { RouteDestination, VirtualService } from './kinds.ts';
import { routePortOf, virtualServiceOf, weightOf } from './routes.ts';

const written = virtualServiceOf(
  { name: 'shop' },
  { app: 'shop', hosts: ['*'], gateways: ['shop'], port: 8088, weight: 30 },
);
const routeTo = (subset: string, weight?: number): RouteDestination => ({
  destination: { host: 'shop', subset },
  ...(weight === undefined ? {} : { weight }),
});
const withRoutes = (...route: readonly RouteDestination[]): VirtualService => ({
  ...written,
  spec: { ...written.spec, http: [{ route }] },
});
const withSpec = (spec: unknown): VirtualService => ({ ...written, spec }) as VirtualService;

describe('the weight of a VirtualService', () => {
  it('is read back as it was written', () => {
    expect(weightOf(written)).toBe(30);
    expect(routePortOf(written)).toBe(8088);
  });

  it.each<[string, VirtualService, number | undefined]>([
    ['two routes in the other order', withRoutes(routeTo('secondary', 30), routeTo('primary', 70)), 30],
    ['a weight left out, which is 0', withRoutes(routeTo('primary', 100), routeTo('secondary')), 0],
    ['no spec', withSpec(undefined), undefined],
    ['no http list', withSpec({ hosts: ['*'] }), undefined],
    ['an empty http list', withSpec({ hosts: ['*'], http: [] }), undefined],
    ['a rule without routes', withSpec({ hosts: ['*'], http: [{}] }), undefined],
    ['two rules', withSpec({ ...written.spec, http: [...written.spec.http, ...written.spec.http] }), undefined],
    ['one route', withRoutes(routeTo('primary', 100)), undefined],
    ['a third route', withRoutes(routeTo('primary', 50), routeTo('secondary', 50), routeTo('other', 0)), undefined],
    ['weights 0/0', withRoutes(routeTo('primary', 0), routeTo('secondary', 0)), undefined],
    ['weights 100/100', withRoutes(routeTo('primary', 100), routeTo('secondary', 100)), undefined],
    ['weights 110/-10', withRoutes(routeTo('primary', 110), routeTo('secondary', -10)), undefined],
    ['weights -10/110', withRoutes(routeTo('primary', -10), routeTo('secondary', 110)), undefined],
  ])('of %s is what it says, or nothing', (_name, virtualService, weight) => {
    expect(weightOf(virtualService)).toBe(weight);
  });
});
