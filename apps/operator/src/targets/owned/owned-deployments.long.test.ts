import { sampleSpec } from '../../../test/plan/tiny-world.ts';
import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { itIsATarget } from '../target.contract.ts';

itIsATarget('an image of the spec', {
  spec: sampleSpec,
  before: [],
  change: (world) => {
    world.change(CanaryApp, 'shop', (app) => ({ ...app, spec: { ...app.spec, image: 'go-status-code-server:v2' } }));
  },
  untouched: () => undefined,
});
