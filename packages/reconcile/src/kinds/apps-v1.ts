import type * as apps from 'kubernetes-types/apps/v1.d.ts';

import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';

export type Deployment = KubernetesObject & Pick<apps.Deployment, 'spec' | 'status'>;
export const Deployment = resourceKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
});
