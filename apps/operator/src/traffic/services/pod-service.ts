import type { Service } from '@canaryop/reconcile/kinds';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';

const defaultPortName = 'http';

/** The Service over the pods with these labels, on the port of the spec. */
export function podService(
  app: CanaryApp,
  { service }: AdoptedSpec,
  name: string,
  selector: Readonly<Record<string, string>>,
): Service {
  const { port, targetPort = port, portName = defaultPortName } = service;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownedMetadata(app, name),
    spec: { selector: { ...selector }, ports: [{ name: portName, port, protocol: 'TCP', targetPort }] },
  };
}
