import { describe, expect, it } from 'vitest';

import { ownedService } from '../services/owned-services.ts';
import { destinationRuleOf, gatewayOf, virtualServiceOf } from './routes.ts';

const metadata = { name: 'shop', namespace: 'default' };

describe('the objects of an application with an image', () => {
  it('are a Service of all its pods, which finds the port by the name http', () => {
    expect(ownedService(metadata, { app: 'shop' }, [8080, 9090]).spec).toEqual({
      selector: { app: 'shop' },
      ports: [
        { name: 'http-8080', port: 8080, protocol: 'TCP', targetPort: 'http' },
        { name: 'http-9090', port: 9090, protocol: 'TCP', targetPort: 'http' },
      ],
    });
  });

  it('are a DestinationRule with the subsets primary and secondary', () => {
    expect(destinationRuleOf(metadata, 'shop').spec).toEqual({
      host: 'shop',
      subsets: ['primary', 'secondary'].map((service) => ({
        name: service,
        labels: { app: 'shop', owner: 'canaryop', service },
      })),
    });
  });

  it('are a Gateway on port 80 of the ingress gateway', () => {
    expect(gatewayOf(metadata, ['*']).spec).toEqual({
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    });
  });

  it('are a VirtualService with two routes to the Service, which share all of the traffic', () => {
    const routes = { app: 'shop', hosts: ['*'], gateways: ['shop'], port: 8080, weight: 30 };
    const to = (subset: string) => ({ host: 'shop', subset, port: { number: 8080 } });
    expect(virtualServiceOf(metadata, routes).spec).toMatchObject({
      hosts: ['*'],
      gateways: ['shop'],
      http: [
        {
          route: [
            { destination: to('primary'), weight: 70 },
            { destination: to('secondary'), weight: 30 },
          ],
        },
      ],
    });
  });
});
