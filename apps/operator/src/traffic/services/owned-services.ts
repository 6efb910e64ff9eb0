import { Service } from '@canaryop/reconcile/kinds';
import type { ObjectMeta } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { httpPortName, podLabels, primaryName, secondaryName } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { childOf } from '../../rollout/write.ts';
import type { Backends } from './backends.ts';

/** A Service over pods that are made from an image: they are found on their named port, whatever its number. */
export function ownedService(
  metadata: ObjectMeta,
  selector: Readonly<Record<string, string>>,
  ports: readonly number[],
): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      selector: { ...selector },
      // A name of its own for each number, so that no port changes its name while another comes or goes.
      ports: ports.map((port) => ({
        name: `${httpPortName}-${port}`,
        port,
        protocol: 'TCP',
        targetPort: httpPortName,
      })),
    },
  };
}

/** A port that the routes still name leaves a Service only after they have changed. */
export function listedPorts({ servicePorts }: Intent, routed: number | undefined): readonly number[] {
  return routed === undefined || servicePorts.includes(routed) ? servicePorts : [...servicePorts, routed];
}

/**
 * For an application with an image, a Service over the pods of each workload, and one of the application's own name over
 * primary's, for those who know of no routes.
 * @param routedPort the port that the routes name now
 */
export function ownedServices(app: CanaryApp, routedPort: (live: LiveObjects) => number | undefined): Backends {
  const { name } = app.metadata;
  const services = [
    { own: primaryName(name), role: 'primary' },
    { own: secondaryName(name), role: 'secondary' },
    { own: name, role: 'primary' },
  ] as const;
  return {
    reads: [],
    owned: services.map(({ own }) => ({ kind: Service, name: own })),
    obstacle: () => undefined,
    children: (live, intent) => {
      const ports = listedPorts(intent, routedPort(live));
      return services.map(({ own, role }) =>
        childOf(live, Service, own, ownedService(ownedMetadata(app, own), podLabels(name, role), ports)),
      );
    },
  };
}
