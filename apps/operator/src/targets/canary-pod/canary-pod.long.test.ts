import { Pod, type Deployment } from '@canaryop/reconcile/kinds';

import { shopDeployment } from '../../../test/ports/adopted-objects.ts';
import { image } from '../../../test/simulation/adopted-simulation.ts';
import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { itReadsWeightsOfCounts } from '../../traffic/router.contract.ts';
import { itIsATarget } from '../target.contract.ts';

const specOf = (version: string) => ({
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
  canaryPod: { image: image(version) },
});

itIsATarget('a Deployment whose images are tried in a single pod', {
  spec: specOf('v1'),
  before: [shopDeployment()],
  change: (world) => {
    world.change(CanaryApp, 'shop', (live) => ({
      ...live,
      spec: { ...live.spec, canaryPod: { image: image('v2'), durationSeconds: 900 } },
    }));
  },
  keepsServing: true,
  untouched: (object) => {
    const { template, ...rest } = (object as Deployment).spec ?? {};
    const containers = template?.spec?.containers.map(({ image: _lent, ...others }) => others);
    return { ...rest, template: { ...template, spec: { ...template?.spec, containers } } };
  },
});

/** Three pods, and the one that is tried beside them. */
const { spec: deployed, ...rest } = shopDeployment();
const before = [{ ...rest, spec: { ...deployed, replicas: 3 } } as Deployment];

itReadsWeightsOfCounts('the share of a single pod', {
  spec: specOf('v2'),
  before,
  replicas: 4,
  weights: [0, 25],
  tooEarly: (world) => {
    const pod = world.get(Pod, 'shop-canary');
    if (pod === undefined) throw new Error('there is no canary pod');
    const starting: Pod = { ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } };
    return world.sight(starting);
  },
});
