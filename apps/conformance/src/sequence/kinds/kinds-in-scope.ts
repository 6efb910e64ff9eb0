import { dataKinds, serviceKinds } from './core-kinds.ts';
import { customPools } from './custom-pools.ts';
import type { KindPool } from './kind-pool.ts';
import { accessKinds, otherKinds } from './policy-kinds.ts';
import { webhookKinds } from './webhook-kinds.ts';
import { workloadKinds } from './workload-kinds.ts';

/** Every kind that sequences use. */
export const kindsInScope: readonly KindPool[] = [
  ...dataKinds,
  ...serviceKinds,
  ...workloadKinds,
  ...accessKinds,
  ...otherKinds,
  ...webhookKinds,
  ...customPools,
];
