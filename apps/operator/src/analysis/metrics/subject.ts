/** One side of a release, as metrics know it. */
export interface Subject {
  /** The namespace of the workload, or else of the Service. */
  readonly namespace: string;
  /** The name of the workload. Absent: only a Service is known, and metrics go by its name. */
  readonly workload?: string;
  /** The name of the Service that this side alone is reached by. */
  readonly service: string;
}

/** What may stand in a query unescaped: DNS labels, joined by dots. */
const safeName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const longestName = 253;

/** Whether each name of a subject may be put into a query as it is. */
export function isSafe({ namespace, workload, service }: Subject): boolean {
  return [namespace, workload, service].every(
    (name) => name === undefined || (name.length <= longestName && safeName.test(name)),
  );
}
