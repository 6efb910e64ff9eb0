import { publicGateway, refersTo, withThirdRoute } from '../../../test/ports/istio-objects.ts';
import { sampleSpec } from '../../../test/plan/tiny-world.ts';
import { itIsARouter } from '../router.contract.ts';

const hosts = ['shop.example.com'];
const subject = { refersTo, withThirdRoute, returnsTraffic: false };

itIsARouter('subsets of one Service at a Gateway of its own', {
  ...subject,
  spec: { ...sampleSpec, service: { hosts } },
  before: [],
});

itIsARouter('subsets of one Service at the Gateway of somebody else', {
  ...subject,
  spec: { ...sampleSpec, service: { hosts, gateways: ['public'] } },
  before: [publicGateway],
});
