import { EndpointSlice, Service } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { canaryName, primaryName } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { contentId, idAmong, type Revision } from '../../api/v1/revision.ts';
import type { Intent } from '../../rollout/decision.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import { recordedRevisions } from '../../rollout/revision-record.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import type { Sight, Target, WorkloadFacts } from '../target.ts';
import { isAllowedName, ServiceEntry } from './external-name.ts';
import {
  destinationBy,
  destinationOf,
  isOnTrial,
  previousOf,
  previousText,
  revisionIdOf,
  serviceTo,
  type Destination,
} from './service-copy.ts';

/**
 * A Service whose destination is what is released: pods by other labels, or another external name. Two Services of our
 * own lead to the old and to the new one, and the routes go between them; the user's Service, and whatever stands behind
 * it, is never written.
 */
export function adoptedService(app: CanaryApp, spec: AdoptedSpec, { canBeExternal }: Reach): Target {
  const { name: targetName } = spec.targetRef;
  const context = { app, spec, canBeExternal };
  const ownKinds = canBeExternal ? [Service, ServiceEntry] : [Service];
  const names = namesOf(app);
  return {
    workloads: { primary: names.primary, secondary: names.trial },
    claims: [`target Service ${app.metadata.namespace ?? ''}/${targetName}`],
    reads: [
      { kind: Service, name: targetName },
      { kind: EndpointSlice, name: targetName },
    ],
    owned: Object.values(names).flatMap((name) => ownKinds.map((kind) => ({ kind, name }))),
    obstacle: () => undefined,
    selectors: () => undefined,
    observe: (sight) => {
      const target = sight.get(Service, targetName);
      const { primary, trial } = ownServices(app, sight);
      return present({
        wanted:
          target === undefined ? missing(targetName) : (unsuited(context, target) ?? wantedOf(context, sight, target)),
        primary: primary && facts(context, primary, sight),
        secondary: trial !== undefined && isOnTrial(trial) ? facts(context, trial, sight) : undefined,
      });
    },
    children: (live, intent) => {
      const { primary, trial } = ownServices(app, live);
      const target = live.get(Service, targetName);
      const wantedId = target && wantedOf(context, live, target).id;
      const known = knownDestinations({ target, wantedId, primary, trial });
      return [...servicesTo(context, live, { intent, known, primary }), ...entries(context, live, { intent, known })];
    },
  };
}

/** Where the routes can lead. */
export interface Reach {
  /** To a host outside of the cluster, which is made known to the mesh. */
  readonly canBeExternal: boolean;
}

interface Context extends Reach {
  readonly app: CanaryApp;
  readonly spec: AdoptedSpec;
}

function namesOf({ metadata }: CanaryApp): { readonly primary: string; readonly trial: string } {
  return { primary: primaryName(metadata.name), trial: canaryName(metadata.name) };
}

function ownServices(app: CanaryApp, live: LiveObjects): { primary?: Service; trial?: Service } {
  const own = (name: string): Service | undefined => {
    const found = live.get(Service, name);
    return found !== undefined && isOwnedBy(found, app.metadata.uid ?? '') ? found : undefined;
  };
  const names = namesOf(app);
  return present({ primary: own(names.primary), trial: own(names.trial) });
}

function missing(name: string): Obstacle {
  const message = `Service ${name} does not exist; create it, or delete this CanaryApp. What runs goes on running`;
  return { reason: Reason.TargetMissing, message, stops: 'all' };
}

/** Why a Service can't be released; undefined when it can. */
function unsuited({ spec, canBeExternal }: Context, target: Service): Obstacle | undefined {
  const { name } = target.metadata;
  const { externalName = '', ports = [], type, selector } = destinationOf(target);
  if (type === 'ExternalName' && !isAllowedName(externalName)) {
    const message = `Service ${name} leads to ${externalName.slice(0, 253)}, where no traffic may be sent; name another host`;
    return { reason: Reason.AddressForbidden, message, stops: 'all' };
  }
  const isReached = type === 'ExternalName' || ports.some(({ port }) => port === spec.service.port);
  const why =
    type === 'ExternalName' && !canBeExternal
      ? 'leads out of the cluster, where no HTTPRoute can lead'
      : !isReached
        ? `has no port ${spec.service.port}`
        : selector === undefined && type !== 'ExternalName'
          ? 'has no selector'
          : undefined;
  if (why === undefined) return undefined;
  return {
    reason: Reason.TargetUnsupported,
    message: `Service ${name} ${why}; change it, or spec.service.port`,
    stops: 'all',
  };
}

/** An id of a format that is not known is compared by the Service of ours that leads there; one that failed, by its looks. */
function wantedOf({ app, spec }: Context, live: LiveObjects, target: Service): Revision {
  const destination = destinationOf(target);
  const content = () => destination;
  const image = shown(destination);
  const own = Object.values(ownServices(app, live));
  const leadsAlike = (id: string): boolean =>
    own.some((each) => revisionIdOf(each) === id && contentId(() => destinationOf(each)) === contentId(content));
  const remembered = recordedRevisions(app).map((recorded) => {
    const { revision: id, port } = recorded;
    return { id, looksAlike: port === undefined ? recorded.image === image : leadsAlike(id) };
  });
  return { id: idAmong(remembered, content), image, port: spec.service.port };
}

/** What stands for a destination where people look. */
function shown({ externalName, selector = {} }: Destination): string {
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return (externalName ?? labels.join(',')).slice(0, 512);
}

/** A Service is as ready as its endpoints; what is outside of the cluster is ready as far as anybody here can tell. */
function facts({ spec }: Context, service: Service, sight: Sight): WorkloadFacts {
  const destination = destinationOf(service);
  const isExternal = destination.type === 'ExternalName';
  const readyPods = isExternal ? 1 : sight.endpoints(service.metadata.name);
  return {
    uid: service.metadata.uid ?? '',
    revision: { id: revisionIdOf(service), image: shown(destination), port: spec.service.port },
    readyPods,
    ready: readyPods > 0,
    terminating: service.metadata.deletionTimestamp !== undefined,
  };
}

/** The user's Service, what it is wanted as, and ours. */
interface Services {
  readonly target: Service | undefined;
  readonly wantedId: string | undefined;
  readonly primary: Service | undefined;
  readonly trial: Service | undefined;
}

type Known = (revisionId: string) => Destination | undefined;

/** Where a revision leads, as far as any Service still says. */
function knownDestinations({ target, wantedId, primary, trial }: Services): Known {
  const previous = primary && previousOf(primary);
  return (id) => {
    if (target !== undefined && wantedId === id) return destinationOf(target);
    const own = [primary, trial].filter((service) => service !== undefined);
    const certain = own.map((service) => destinationBy(service, id)).find((destination) => destination !== undefined);
    if (certain !== undefined) return certain;
    if (previous?.revisionId === id) return previous.destination;
    // An id that was computed in another way, by an older or a newer operator.
    const named = own.find((service) => revisionIdOf(service) === id);
    return named && destinationOf(named);
  };
}

function servicesTo(
  { app }: Context,
  live: LiveObjects,
  { intent, known, primary }: { intent: Intent; known: Known; primary: Service | undefined },
): readonly Child[] {
  const names = namesOf(app);
  const stable = known(intent.primary.id);
  const tried = intent.secondary ?? intent.primary;
  const trial = known(tried.id);
  const previous = primary && previousText(primary, intent.primary.id);
  // Nobody knows any more where a revision leads: what is there stays as it is.
  const children: Child[] = [];
  if (stable !== undefined) {
    const desired = serviceTo(ownedMetadata(app, names.primary), stable, { revisionId: intent.primary.id, previous });
    children.push(childOf(live, Service, names.primary, desired));
  }
  if (trial !== undefined) {
    const says = { revisionId: tried.id, isOnTrial: intent.secondary !== undefined };
    children.push(childOf(live, Service, names.trial, serviceTo(ownedMetadata(app, names.trial), trial, says)));
  }
  return children;
}

/** Hosts outside of the mesh are made known in it, each for as long as a Service of ours leads there. */
function entries(
  { app, spec, canBeExternal }: Context,
  live: LiveObjects,
  { intent, known }: { intent: Intent; known: Known },
): readonly Child[] {
  if (!canBeExternal) return [];
  const names = namesOf(app);
  const { port, portName = 'http' } = spec.service;
  const entry = (name: string, revisionId: string): readonly Child[] => {
    const destination = known(revisionId);
    if (destination === undefined) return [];
    if (destination.externalName === undefined) return [childOf(live, ServiceEntry, name)];
    const desired: ServiceEntry = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: ownedMetadata(app, name),
      spec: {
        hosts: [destination.externalName],
        location: 'MESH_EXTERNAL',
        resolution: 'DNS',
        ports: [{ number: port, name: portName, protocol: 'HTTP' }],
      },
    };
    return [childOf(live, ServiceEntry, name, desired)];
  };
  return [...entry(names.primary, intent.primary.id), ...entry(names.trial, (intent.secondary ?? intent.primary).id)];
}
