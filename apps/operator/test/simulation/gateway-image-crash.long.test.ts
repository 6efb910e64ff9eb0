import { describeCrashes } from './crash-story.ts';
import { byRoute, imageGatewayCluster } from './gateway-simulation.ts';

const setting = {
  cluster: imageGatewayCluster,
  spec: { ...byRoute, service: { hosts: ['*'], gateways: ['public'] } },
};

describeCrashes(
  { name: 'a rollout by an HTTPRoute', edits: [{ at: 0, image: 'go-status-code-server:v2' }], end: 'Released' },
  setting,
);
describeCrashes(
  {
    name: 'a rollback by an HTTPRoute',
    edits: [{ at: 0, image: 'go-status-code-server:v3' }],
    failing: 'go-status-code-server:v3',
    end: 'Failed',
  },
  setting,
);
