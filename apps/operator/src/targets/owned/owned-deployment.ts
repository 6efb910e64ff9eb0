import type { ObjectMeta } from '@canaryop/reconcile/object';
import type { Deployment } from '@canaryop/reconcile/kinds';

import type { OwnedSpec } from '../../api/v1/canaryapp.ts';
import { httpPortName, podLabels, replicasAnnotation, type Role } from '../../api/v1/names.ts';
import type { Revision } from '../../api/v1/revision.ts';

/** Seconds that a stopping pod goes on serving, so that whoever still sends to it gets an answer. */
const preStopSeconds = 5;

/** What a workload of an application is made from. */
export interface OwnedDeployment {
  /** Name, namespace and owner, as every child has them. */
  readonly metadata: ObjectMeta;
  readonly app: string;
  readonly role: Role;
  readonly revision: Revision;
  readonly replicas: number;
  readonly podSecurity: OwnedSpec['podSecurity'];
}

/** The Deployment that runs a revision as primary or secondary, without its replica count. */
export function deploymentOf({ metadata, app, role, revision, replicas, podSecurity }: OwnedDeployment): Deployment {
  const labels = podLabels(app, role);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, labels, annotations: { [replicasAnnotation]: String(replicas) } },
    spec: {
      selector: { matchLabels: { ...labels } },
      // A new pod is ready before an old one goes, so that a rolling primary never has less than it was asked for.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels: { ...labels } }, spec: podSpec(app, revision, podSecurity) },
    },
  };
}

type PodSpec = NonNullable<NonNullable<Deployment['spec']>['template']['spec']>;

function podSpec(name: string, revision: Revision, podSecurity: OwnedSpec['podSecurity']): PodSpec {
  const restricted = podSecurity === 'restricted';
  return {
    automountServiceAccountToken: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' }, ...(restricted ? { runAsNonRoot: true } : {}) },
    containers: [
      {
        name,
        image: revision.image,
        ports: [{ name: httpPortName, containerPort: revision.port, protocol: 'TCP' }],
        readinessProbe: { tcpSocket: { port: httpPortName }, periodSeconds: 1, failureThreshold: 3 },
        lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } },
        securityContext: {
          allowPrivilegeEscalation: false,
          ...(restricted ? { capabilities: { drop: ['ALL'] } } : {}),
        },
      },
    ],
  };
}
