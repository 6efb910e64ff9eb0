import { describeAdoptedCrashes, quickSpec } from './adopted-crash-story.ts';
import { deletion, rollback, rollout } from './deployment-crash-stories.ts';
import { byRoute, gatewayCluster } from './gateway-simulation.ts';

describeAdoptedCrashes(
  'a Deployment that is released by an HTTPRoute',
  { cluster: gatewayCluster, spec: { ...quickSpec, ...byRoute } },
  [rollout, rollback, deletion],
);
