import { describe, expect, it } from 'vitest';

import { defaultAllowedHosts, type AddressPolicy } from './address-policy.ts';
import { Endpoints } from './endpoints.ts';

const policy: AddressPolicy = {
  allowedHosts: defaultAllowedHosts,
  resolve: new Map(),
  refusedAddresses: ['10.96.0.1'],
};

const find = (metricsServer: string, url?: string, addresses = ['10.1.2.3'], judged = policy) =>
  new Endpoints(judged, () => Promise.resolve(addresses), metricsServer).find({
    field: 'prometheusURL',
    ...(url === undefined ? {} : { url }),
  });

describe("the operator's own metrics server", () => {
  it.each([
    ['a host that applications must not name', 'https://metrics.example.com/prom', ['10.1.2.3'], '10.1.2.3', 443],
    ['an address', 'http://127.0.0.1:9090', [], '127.0.0.1', 9090],
    ['an IPv6 address', 'http://[::1]:9090', [], '::1', 9090],
    ['a name that leads to loopback', 'http://prometheus:9090', ['127.0.0.1'], '127.0.0.1', 9090],
  ])('may be %s', async (_what, server, addresses, host, port) => {
    expect(await find(server, undefined, addresses)).toEqual({ url: server, address: { host, port } });
  });

  it('is mapped like every other name', async () => {
    const resolve = new Map([['prometheus:9090', { host: '127.0.0.1', port: 39_090 }]]);
    const found = await find('http://prometheus:9090', undefined, [], { ...policy, resolve });
    expect(found).toMatchObject({ address: { host: '127.0.0.1', port: 39_090 } });
  });

  it('gives an application that names it no more rights than its own policy', async () => {
    expect(await find('http://127.0.0.1:9090', 'http://127.0.0.1:9090')).toMatchObject({ kind: 'forbidden' });
    expect(await find('https://metrics.example.com', 'https://metrics.example.com')).toMatchObject({
      kind: 'forbidden',
    });
  });

  it.each([
    ['is not set', '', ['10.1.2.3']],
    ['has an unknown name', 'http://nowhere', []],
  ])('that %s is an error, which tells no address', async (_what, server, addresses) => {
    const found = await find(server, undefined, addresses);
    expect(found).toMatchObject({ kind: 'error' });
    expect(JSON.stringify(found)).not.toContain('nowhere');
  });
});
