import { controllerRuntime } from './peers/controller-runtime.ts';
import { javaOperatorSdk } from './peers/java-operator-sdk.ts';
import { kopf } from './peers/kopf.ts';
import { kubeRs } from './peers/kube-rs.ts';
import { clientNode, k8sOperator, reconcile } from './peers/node.ts';
import type { Peer } from './peers/peer.ts';

/** Ours first, then the one to which all are compared. */
export const peers: readonly Peer[] = [
  reconcile,
  controllerRuntime,
  kubeRs,
  javaOperatorSdk,
  kopf,
  clientNode,
  k8sOperator,
];
