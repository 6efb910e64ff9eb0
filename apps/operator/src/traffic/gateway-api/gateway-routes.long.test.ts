import { shopDeployment, shopService, specFor } from '../../../test/ports/adopted-objects.ts';
import { apiGateway, routeRefersTo, withThirdBackend } from '../../../test/ports/gateway-objects.ts';
import { sampleSpec } from '../../../test/plan/tiny-world.ts';
import { itIsARouter } from '../router.contract.ts';

const service = { hosts: ['shop.example.com'], gateways: ['public'] };
const traffic = { router: 'gateway-api' };
const subject = { refersTo: routeRefersTo, withThirdRoute: withThirdBackend };

itIsARouter('an HTTPRoute to Services of an image', {
  ...subject,
  spec: { ...sampleSpec, service, traffic },
  before: [apiGateway],
  returnsTraffic: false,
});

itIsARouter('an HTTPRoute to Services over pods', {
  ...subject,
  spec: { ...specFor('Deployment', service), traffic },
  before: [apiGateway, shopDeployment()],
  returnsTraffic: true,
});

itIsARouter('an HTTPRoute to Services over pods, one of them there before', {
  ...subject,
  spec: { ...specFor('Deployment', { ...service, adopt: true }), traffic },
  before: [apiGateway, shopDeployment(), shopService()],
  returnsTraffic: true,
});

itIsARouter('an HTTPRoute to Services of the target', {
  ...subject,
  spec: { ...specFor('Service', service), traffic },
  before: [apiGateway, shopService(), shopDeployment()],
  returnsTraffic: true,
});
