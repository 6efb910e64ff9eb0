import type { Deployment } from '@canaryop/reconcile/kinds';

import { shopDeployment } from '../../../test/ports/adopted-objects.ts';
import { image } from '../../../test/simulation/adopted-simulation.ts';
import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { itIsATarget } from '../target.contract.ts';

itIsATarget('a Deployment whose images are tried in a single pod', {
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    canaryPod: { image: image('v1') },
  },
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
