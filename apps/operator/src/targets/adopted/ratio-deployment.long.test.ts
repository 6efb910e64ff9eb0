import { Deployment } from '@canaryop/reconcile/kinds';

import { shopDeployment } from '../../../test/ports/adopted-objects.ts';
import { aviarySpec } from '../../../test/simulation/aviary-simulation.ts';
import { itReadsWeightsOfCounts } from '../../traffic/router.contract.ts';
import { itIsATarget } from '../target.contract.ts';

const spec = { ...aviarySpec, targetRef: { ...aviarySpec.targetRef, name: 'shop' } };
const { spec: deployed, ...rest } = shopDeployment();
const before = [{ ...rest, spec: { ...deployed, replicas: 5 } } as Deployment];

itIsATarget('a Deployment whose pods are the route', {
  spec,
  before,
  change: (world) => {
    world.change(Deployment, 'shop', (live) => {
      const { template } = shopDeployment('v2').spec ?? {};
      return { ...live, spec: { ...live.spec, template } } as Deployment;
    });
  },
  memory: /^metadata\.annotations\.canary\.atze\.io\/revision$/,
  replicas: 5,
  untouched: (object) => {
    const { replicas: _lent, ...others } = (object as Deployment).spec ?? {};
    return others;
  },
});

itReadsWeightsOfCounts('the share of the pods', {
  spec,
  before,
  replicas: 5,
  weights: [0, 20, 40, 60, 80],
  // Primary has not made room yet.
  tooEarly: (world) => world.sight(),
});
