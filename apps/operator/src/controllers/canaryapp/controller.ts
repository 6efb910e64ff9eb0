import type { Informer, ObjectChange } from '@canaryop/reconcile/cache';
import { controller, type ControllerDefinition } from '@canaryop/reconcile/controller';
import type { Env } from '@canaryop/reconcile/env';
import type { Pod } from '@canaryop/reconcile/kinds';
import { groupResourceOf, keyOf, type KubernetesObject, type ObjectKey } from '@canaryop/reconcile/object';
import { enqueueMapped, enqueueSelf, informerSource, type ChannelSource, type Source } from '@canaryop/reconcile/watch';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { appNameOf } from '../../api/v1/names.ts';
import { allClaimsOf } from '../../modes/mode-of.ts';
import type { ObjectRef } from '../../rollout/live-objects.ts';
import { originalName } from '../../targets/adopted/config/config-names.ts';
import { unneededKinds } from './config-tracking.ts';
import { indexKey } from './index-key.ts';
import { byClaim, byRead, optionalKinds, type CanaryAppInformers } from './informers.ts';
import { childMatters, podMatters } from './matters.ts';
import type { Senses } from './observe.ts';
import { canaryAppReconciler } from './reconciler.ts';

/**
 * Reconciles at the same time: twice as many as there are connections, so that none idles while answers are read. More
 * would wait for a connection, where nothing is more urgent than anything else, and time out there.
 */
const workers = 64;

/** An answered check goes before what can wait: it moves traffic, or takes it away. */
export const checkPriority = 1;

/**
 * The controller of CanaryApps: what wakes it, and what it does then.
 * @param wakes keys of applications whose check was answered, or of which something changed that they read
 */
export function canaryAppController(env: Env, senses: Senses, wakes: ChannelSource): ControllerDefinition {
  const { apps, pods, children } = senses.informers;
  const optional = new Set(optionalKinds.map(groupResourceOf));
  const sources: readonly Source[] = [
    informerSource(apps, enqueueSelf),
    informerSource(apps, enqueueMapped(rivalsOf(senses.informers)), { predicates: [changesClaims] }),
    ...children.map((informer) =>
      informerSource(informer, enqueueMapped(appOfChild(apps)), {
        predicates: [childMatters],
        isOptional: optional.has(groupResourceOf(informer.kind)),
      }),
    ),
    informerSource(pods, enqueueMapped(appOfPod), { predicates: [podMatters] }),
    wakes,
  ];
  return sources
    .reduce((builder, source) => builder.from(source), controller('canaryapp').workers(workers))
    .optional(...optionalKinds, ...unneededKinds)
    .reconcile(canaryAppReconciler(env, senses));
}

/** By name, not by owner: an object that is not ours stands in our way by its name alone, and frees it when it goes. */
function appOfChild(apps: Informer<CanaryApp>): (child: KubernetesObject) => readonly ObjectKey[] {
  return ({ metadata }) => appsNamed(apps, metadata.namespace, metadata.name);
}

function appsNamed(apps: Informer<CanaryApp>, namespace: string | undefined, child: string): readonly ObjectKey[] {
  return [...new Set([child, appNameOf(child)])]
    .map((name) => (namespace === undefined ? { name } : { namespace, name }))
    .filter((key) => apps.lister.get(key) !== undefined);
}

/** Applications that an object of their namespace matters to: they read it, or it has the name of a child. */
export function appsOf(
  { apps }: CanaryAppInformers,
  furtherReads: (app: CanaryApp) => readonly ObjectRef[],
): (namespace: string, kind: string, name: string) => readonly ObjectKey[] {
  const further = new Set(unneededKinds.map(({ kind }) => kind));
  return (namespace, kind, name) => [
    ...apps.lister.byIndex(byRead, indexKey(namespace, kind, name)).map(keyOf),
    ...appsNamed(apps, namespace, name),
    ...(further.has(kind) ? appsReferringTo(apps.lister.list(namespace), furtherReads, { kind, name }) : []),
  ];
}

/** A copy matters to whoever refers to its original. */
function appsReferringTo(
  apps: readonly CanaryApp[],
  furtherReads: (app: CanaryApp) => readonly ObjectRef[],
  object: { readonly kind: string; readonly name: string },
): readonly ObjectKey[] {
  const names = new Set([object.name, originalName(object.name)]);
  const concerns = (ref: ObjectRef): boolean => ref.kind.kind === object.kind && names.has(ref.name);
  return apps.filter((app) => furtherReads(app).some(concerns)).map(keyOf);
}

function appOfPod(pod: Pod): readonly ObjectKey[] {
  const { namespace, labels } = pod.metadata;
  const name = labels?.['app'];
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
}

/** Applications that want the same host: a claim that is given up may be theirs now. */
function rivalsOf({ apps }: CanaryAppInformers): (app: CanaryApp) => readonly ObjectKey[] {
  return (app) => allClaimsOf(app).flatMap((claim) => apps.lister.byIndex(byClaim, claim).map(keyOf));
}

function changesClaims(change: ObjectChange<CanaryApp>): boolean {
  if (change.type === 'added') return !change.isInitialList;
  if (change.type === 'deleted') return true;
  return allClaimsOf(change.object).join() !== allClaimsOf(change.previous).join();
}
