import type { Subjects } from '../analysis/metrics/metric-questions.ts';
import type { AdoptedSpec, CanaryApp } from '../api/v1/canaryapp.ts';
import { canaryName, primaryName } from '../api/v1/names.ts';

/** Both sides of an adopted target's releases, as metrics know them. Behind a Service no workload is known. */
export function subjectsOf({ metadata }: CanaryApp, { targetRef, prometheusURL = '' }: AdoptedSpec): Subjects {
  const { name, namespace = '' } = metadata;
  const isWorkload = targetRef.kind !== 'Service';
  return {
    secondary: {
      namespace,
      service: canaryName(name),
      ...(isWorkload ? { workload: targetRef.name } : {}),
    },
    primary: {
      namespace,
      service: primaryName(name),
      ...(isWorkload ? { workload: primaryName(name) } : {}),
    },
    ...(prometheusURL === '' ? {} : { prometheusURL }),
  };
}
