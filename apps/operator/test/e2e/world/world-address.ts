/** A cluster with the operator's manifests, and what belongs to it. */
export interface WorldAddress {
  /** Of an administrator. */
  readonly kubeconfig: string;
  /** Of the ServiceAccount in config/default: a token, and nothing else. */
  readonly operatorKubeconfig: string;
  /** Folder of the bundle, `canaryop.mjs` and its parts. */
  readonly bundle: string;
  /** `host:port` that answers for the address in prometheusURL. */
  readonly prometheus: string;
  /** What this machine's own control plane has beside that; absent with `--existing-cluster`. */
  readonly own?: OwnWorld;
}

/** What only a cluster of our own has. */
export interface OwnWorld {
  /** Port of the ingress on 127.0.0.1. */
  readonly ingressPort: number;
  /** Written before each answer. Requests of the operator's account, with bodies. */
  readonly auditLog: string;
}
