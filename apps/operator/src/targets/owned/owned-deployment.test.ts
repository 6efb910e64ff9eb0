import { describe, expect, it } from 'vitest';

import { revisionOf } from '../../api/v1/revision.ts';
import { deploymentOf, type OwnedDeployment } from './owned-deployment.ts';

const made = (role: OwnedDeployment['role'], podSecurity: OwnedDeployment['podSecurity'] = 'default') =>
  deploymentOf({
    metadata: { name: `shop-${role}`, namespace: 'default' },
    app: 'shop',
    role,
    revision: revisionOf('shop:v1', 8080),
    replicas: 2,
    podSecurity,
  });

describe('a workload of an application', () => {
  it.each(['primary', 'secondary'] as const)('has the labels of the original, as %s', (role) => {
    const labels = { app: 'shop', owner: 'canaryop', service: role };
    const { metadata, spec } = made(role);
    expect(metadata.labels).toEqual(labels);
    expect(spec?.selector.matchLabels).toEqual(labels);
    expect(spec?.template.metadata?.labels).toEqual(labels);
  });

  it('has one container of its name, whose port is called http, is probed, and is served a while after the end', () => {
    expect(made('primary').spec?.template.spec?.containers).toMatchObject([
      {
        name: 'shop',
        image: 'shop:v1',
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { tcpSocket: { port: 'http' } },
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
      },
    ]);
  });

  it('is never short of a pod while it rolls', () => {
    expect(made('primary').spec?.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it.each([
    ['default', { allowPrivilegeEscalation: false }, { seccompProfile: { type: 'RuntimeDefault' } }],
    [
      'restricted',
      { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      { seccompProfile: { type: 'RuntimeDefault' }, runAsNonRoot: true },
    ],
  ] as const)('has no token, and what podSecurity %s says', (podSecurity, ofContainer, ofPod) => {
    const pod = made('primary', podSecurity).spec?.template.spec;
    expect(pod?.automountServiceAccountToken).toBe(false);
    expect(pod?.securityContext).toEqual(ofPod);
    expect(pod?.containers[0]?.securityContext).toEqual(ofContainer);
  });
});
