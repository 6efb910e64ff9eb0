import { Service } from '@canaryop/reconcile/kinds';

import { shopDeployment, shopService, specFor } from '../../../test/ports/adopted-objects.ts';
import type { PortWorld } from '../../../test/ports/port-world.ts';
import { itIsATarget } from '../target.contract.ts';

/** Where primary led before. */
const memory = /^metadata\.annotations\.canary\.atze\.io\/previous$/;
const untouched = (object: object): unknown => (object as Service).spec;

function lead(world: PortWorld, spec: object): void {
  world.change(Service, 'shop', (live) => ({ ...live, spec: { ...live.spec, ...spec } }));
}

itIsATarget('a Service', {
  spec: specFor('Service'),
  before: [shopService('blue'), shopDeployment('v1', 'blue'), shopDeployment('v2', 'green')],
  change: (world) => {
    lead(world, { selector: { app: 'green' } });
  },
  memory,
  untouched,
});

itIsATarget('a Service of an external name', {
  spec: specFor('Service'),
  before: [
    {
      ...shopService(),
      spec: { type: 'ExternalName', externalName: 'blue.example.com' },
    } as Service,
  ],
  change: (world) => {
    lead(world, { externalName: 'green.example.com' });
  },
  memory,
  untouched,
});
