import { Deployment } from '@canaryop/reconcile/kinds';
import { describe, expect, it } from 'vitest';

import { shopDeployment, specFor } from '../../../test/ports/adopted-objects.ts';
import { PortWorld } from '../../../test/ports/port-world.ts';
import { itIsATarget } from '../target.contract.ts';

itIsATarget('a Deployment that was there before', {
  spec: specFor('Deployment'),
  before: [shopDeployment()],
  change: (world) => {
    world.change(Deployment, 'shop', (live) => {
      const { template } = shopDeployment('v2').spec ?? {};
      return { ...live, spec: { ...live.spec, template } } as Deployment;
    });
  },
  memory: /^metadata\.annotations\.canary\.atze\.io\/revision$/,
  untouched: (object) => {
    const { replicas: _lent, ...rest } = (object as Deployment).spec ?? {};
    return rest;
  },
});

describe('a Deployment whose pods no copy can be told from', () => {
  const room = 63 - '-primary'.length;

  it.each([
    [room, {}],
    [room + 1, { reason: 'TargetUnsupported', stops: 'all' }],
  ])('because of a label of %i characters is refused where that leaves no room', async (length, expected) => {
    const world = new PortWorld(specFor('Deployment'), [withLabel('x'.repeat(length))]);
    expect(world.mode.target.observe(world.sight()).wanted).toMatchObject(expected);
    await world.stop();
  });
});

function withLabel(value: string): Deployment {
  const { spec, ...rest } = shopDeployment();
  const labels = { app: value };
  const template = { ...spec?.template, metadata: { labels } };
  return { ...rest, spec: { ...spec, selector: { matchLabels: labels }, template } };
}
