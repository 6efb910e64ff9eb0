import type { Service } from '@canaryop/reconcile/kinds';
import { isJsonObject, parseJson, present, type ObjectMeta } from '@canaryop/reconcile/object';

import { revisionAnnotation } from '../../api/v1/names.ts';
import { isIdOf } from '../../api/v1/revision.ts';

/** Of a Service, what says where its requests go. */
export interface Destination {
  readonly type: 'ClusterIP' | 'ExternalName';
  readonly selector?: Readonly<Record<string, string>>;
  readonly externalName?: string;
  readonly ports?: readonly Port[];
}

interface Port {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly targetPort?: number | string;
  readonly appProtocol?: string;
}

/** On a Service of ours: where it should lead, as JSON, so that it can be put back there. */
const destinationAnnotation = 'canary.atze.io/destination';
/** On primary's Service: what it was before, as JSON, so that a promotion can be taken back. */
const previousAnnotation = 'canary.atze.io/previous';
/** On the other Service: whether it leads to the revision on trial, or is parked where primary is. */
const trialAnnotation = 'canary.atze.io/on-trial';

/** Where the requests of a Service go, without what only this one Service has: addresses and node ports. */
export function destinationOf({ spec = {} }: Service): Destination {
  const { selector, externalName, ports } = spec;
  const isExternal = spec.type === 'ExternalName';
  return present({
    type: isExternal ? ('ExternalName' as const) : ('ClusterIP' as const),
    selector: isExternal ? undefined : selector,
    externalName: isExternal ? externalName : undefined,
    ports: ports?.map(({ name, port, protocol = 'TCP', targetPort, appProtocol }) =>
      present({ name, port, protocol, targetPort, appProtocol }),
    ),
  });
}

/** A Service of ours that leads there. */
export function serviceTo(
  metadata: ObjectMeta,
  destination: Destination,
  says: { readonly revisionId: string; readonly isOnTrial?: boolean; readonly previous?: string | undefined },
): Service {
  const annotations = present({
    [revisionAnnotation]: says.revisionId,
    [destinationAnnotation]: JSON.stringify(destination),
    [previousAnnotation]: says.previous,
    [trialAnnotation]: says.isOnTrial === true ? 'true' : undefined,
  }) as Record<string, string>;
  return { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, annotations }, spec: destination } as Service;
}

/** The revision that a Service of ours leads to. */
export function revisionIdOf({ metadata }: Service): string {
  return metadata.annotations?.[revisionAnnotation] ?? '';
}

/**
 * Where a revision leads, by a Service of ours that leads there or should. Its id is the hash of that, so that neither
 * what somebody changed of the Service nor of what it remembers is taken for it.
 */
export function destinationBy(service: Service, revisionId: string): Destination | undefined {
  const known = [destinationOf(service), recordedDestination(service)];
  return known.find((destination) => destination !== undefined && isIdOf(revisionId, () => destination) === true);
}

function recordedDestination({ metadata }: Service): Destination | undefined {
  const value = parseJson(metadata.annotations?.[destinationAnnotation] ?? '');
  return isJsonObject(value) ? (value as unknown as Destination) : undefined;
}

/** Whether it leads to a revision on trial. */
export function isOnTrial({ metadata }: Service): boolean {
  return metadata.annotations?.[trialAnnotation] === 'true';
}

/** What primary's Service remembers of where it led before. */
export interface Previous {
  readonly revisionId: string;
  readonly destination: Destination;
}

/** The text that primary's Service has to remember when it is led to `revisionId`: kept while it is there already. */
export function previousText(primary: Service, revisionId: string): string | undefined {
  const leadsThere = isIdOf(revisionId, () => destinationOf(primary)) === true;
  const isThere = revisionIdOf(primary) === revisionId || leadsThere;
  if (isThere) return primary.metadata.annotations?.[previousAnnotation];
  const previous: Previous = { revisionId: revisionIdOf(primary), destination: destinationOf(primary) };
  return JSON.stringify(previous);
}

/** Where primary's Service led before, if it remembers. */
export function previousOf(primary: Service): Previous | undefined {
  const value = parseJson(primary.metadata.annotations?.[previousAnnotation] ?? '');
  return isJsonObject(value) && isJsonObject(value['destination']) ? (value as unknown as Previous) : undefined;
}
