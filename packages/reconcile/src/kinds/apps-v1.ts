import type * as apps from 'kubernetes-types/apps/v1.d.ts';

import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';

/** `apps/v1` Deployment. */
export type Deployment = KubernetesObject & Pick<apps.Deployment, 'spec' | 'status'>;
/** Its name on the wire. */
export const Deployment = resourceKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
});

/** `apps/v1` ControllerRevision: an immutable snapshot of something's state. */
export type ControllerRevision = KubernetesObject & { readonly revision: number; readonly data?: unknown };
/** Its name on the wire. */
export const ControllerRevision = resourceKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
});
