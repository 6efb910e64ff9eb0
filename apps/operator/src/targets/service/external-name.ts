import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** Names that lead into the cluster's own control plane, to this machine, or to a cloud's metadata. */
const forbidden: readonly RegExp[] = [
  /^(.*\.)?localhost(\.localdomain)?$/,
  /^kubernetes(\.default(\.svc(\..*)?)?)?$/,
  /(^|\.)metadata(\.google)?\.internal$/,
  /^instance-data(\..*)?$/,
];
/** Resolvers take more for an IPv4 address than four numbers; no domain ends in a number, so none is lost by that. */
const isAddress = /:|(^|\.)(\d+|0x[0-9a-f]*)$/;

/** Whether requests may be sent to what an ExternalName names. */
export function isAllowedName(externalName: string): boolean {
  const name = externalName.toLowerCase().replace(/\.$/, '');
  return !isAddress.test(name) && forbidden.every((pattern) => !pattern.test(name));
}

/** Istio's ServiceEntry, as far as we write it: what makes a host outside of the mesh known in it. */
export interface ServiceEntry extends KubernetesObject {
  readonly spec: {
    readonly hosts: readonly string[];
    readonly location: 'MESH_EXTERNAL';
    readonly resolution: 'DNS';
    readonly ports: readonly { readonly number: number; readonly name: string; readonly protocol: string }[];
  };
}
export const ServiceEntry = resourceKind<ServiceEntry>({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'ServiceEntry',
  plural: 'serviceentries',
});
