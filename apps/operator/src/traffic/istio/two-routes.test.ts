import { describe, expect, it } from 'vitest';

import type { RouteDestination, VirtualService } from './kinds.ts';
import { routePortOf, virtualServiceOf, weightOf } from './routes.ts';
import { weightedRoutes, weightOfHosts } from './weighted-hosts.ts';

const services = { primary: 'shop-primary', secondary: 'shop-canary' };

/** One way to share requests out. */
interface Way {
  readonly written: (weight: number) => VirtualService;
  readonly read: (virtualService: VirtualService) => number | undefined;
  readonly destination: (to: 'primary' | 'secondary' | 'other') => RouteDestination['destination'];
}

const subsets: Way = {
  written: (weight) =>
    virtualServiceOf({ name: 'shop' }, { app: 'shop', hosts: ['*'], gateways: ['shop'], port: 8088, weight }),
  read: weightOf,
  destination: (subset) => ({ host: 'shop', subset }),
};
const hosts: Way = {
  written: (weight) => weightedRoutes({ name: 'shop' }, { ...services, hosts: ['shop'], port: 8088, weight }),
  read: (virtualService) => weightOfHosts(virtualService, services),
  destination: (to) => ({ host: to === 'other' ? 'other' : services[to] }),
};

describe.each([
  ['subsets', subsets],
  ['Services', hosts],
])('the weight of a VirtualService between two %s', (_name, { written, read, destination }) => {
  const routeTo = (to: 'primary' | 'secondary' | 'other', weight?: number): RouteDestination => ({
    destination: destination(to),
    ...(weight === undefined ? {} : { weight }),
  });
  const { spec, ...nameOnly } = written(30);
  const withSpec = (changed: object): VirtualService => ({ ...nameOnly, spec: changed }) as unknown as VirtualService;
  const withRoutes = (...route: readonly RouteDestination[]): VirtualService =>
    withSpec({ ...spec, http: [{ route }] });

  it.each([0, 30, 100])('is read back as it was written: %i', (weight) => {
    expect(read(written(weight))).toBe(weight);
    expect(routePortOf(written(weight))).toBe(8088);
  });

  it.each<[string, VirtualService, number | undefined]>([
    ['two routes in the other order', withRoutes(routeTo('secondary', 30), routeTo('primary', 70)), 30],
    ['a weight left out, which is 0', withRoutes(routeTo('primary', 100), routeTo('secondary')), 0],
    ['no spec', nameOnly as VirtualService, undefined],
    ['no http list', withSpec({ hosts: ['*'] }), undefined],
    ['an empty http list', withSpec({ hosts: ['*'], http: [] }), undefined],
    ['a rule without routes', withSpec({ hosts: ['*'], http: [{}] }), undefined],
    ['two rules', withSpec({ ...spec, http: [...spec.http, ...spec.http] }), undefined],
    ['one route', withRoutes(routeTo('primary', 100)), undefined],
    ['a third route', withRoutes(routeTo('primary', 50), routeTo('secondary', 50), routeTo('other', 0)), undefined],
    ['another destination', withRoutes(routeTo('primary', 50), routeTo('other', 50)), undefined],
    ['weights 0/0', withRoutes(routeTo('primary', 0), routeTo('secondary', 0)), undefined],
    ['weights 100/100', withRoutes(routeTo('primary', 100), routeTo('secondary', 100)), undefined],
    ['weights 110/-10', withRoutes(routeTo('primary', 110), routeTo('secondary', -10)), undefined],
    ['weights -10/110', withRoutes(routeTo('primary', -10), routeTo('secondary', 110)), undefined],
  ])('of %s is what it says, or nothing', (_what, virtualService, weight) => {
    expect(read(virtualService)).toBe(weight);
  });
});
