import { shopDeployment, shopService, specFor } from '../../../test/ports/adopted-objects.ts';
import { publicGateway, refersTo, withThirdRoute } from '../../../test/ports/istio-objects.ts';
import { itIsARouter } from '../router.contract.ts';

const hosts = ['shop.example.com'];
const subject = { refersTo, withThirdRoute, returnsTraffic: true };

itIsARouter('Services over pods', {
  ...subject,
  spec: specFor('Deployment', { hosts }),
  before: [publicGateway, shopDeployment()],
});

itIsARouter('Services over pods, one of them there before', {
  ...subject,
  spec: specFor('Deployment', { hosts, adopt: true }),
  before: [publicGateway, shopDeployment(), shopService()],
});

itIsARouter('Services of the target', {
  ...subject,
  spec: specFor('Service', { hosts }),
  before: [publicGateway, shopService(), shopDeployment()],
});
