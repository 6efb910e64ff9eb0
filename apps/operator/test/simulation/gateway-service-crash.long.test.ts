import { describeAdoptedCrashes } from './adopted-crash-story.ts';
import { byRoute, gatewayServiceCluster } from './gateway-simulation.ts';
import { rollback, rollout, shiftingSpec } from './service-crash-stories.ts';

describeAdoptedCrashes(
  'a Service that is released by an HTTPRoute',
  { cluster: gatewayServiceCluster, spec: { ...shiftingSpec, ...byRoute } },
  [rollout, rollback],
);
