import type { Deployment, Service } from '@canaryop/reconcile/kinds';

import { adoptingSpec, target } from '../simulation/adopted-simulation.ts';
import { shop } from './port-world.ts';

/** A Deployment as somebody runs it who knows nothing of us. */
export function shopDeployment(version = 'v1', name: string = shop.name): Deployment {
  const { spec } = target(version);
  const labels = { app: name };
  const template = { ...spec?.template, metadata: { labels } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...shop, name, labels: { ...labels, team: 'x' } },
    spec: { ...spec, selector: { matchLabels: labels }, template },
  };
}

/** A Service over the pods with this label. */
export function shopService(app: string = shop.name): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: shop,
    spec: {
      selector: { app },
      ports: [{ name: 'http', port: 9898, targetPort: 8088, protocol: 'TCP' }],
    },
  };
}

/** A spec that releases what is there before. */
export function specFor(kind: 'Deployment' | 'Service', service: object = {}): object {
  const targetRef = { apiVersion: kind === 'Service' ? 'v1' : 'apps/v1', kind, name: shop.name };
  return { ...adoptingSpec, targetRef, service: { ...adoptingSpec.service, ...service } };
}
