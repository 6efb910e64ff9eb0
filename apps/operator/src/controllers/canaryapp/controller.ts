import type { Informer, ObjectChange } from '@canaryop/reconcile/cache';
import { controller, type ControllerDefinition } from '@canaryop/reconcile/controller';
import type { Env } from '@canaryop/reconcile/env';
import type { Pod } from '@canaryop/reconcile/kinds';
import { groupResourceOf, keyOf, type KubernetesObject, type ObjectKey } from '@canaryop/reconcile/object';
import { enqueueMapped, enqueueSelf, informerSource, type ChannelSource, type Source } from '@canaryop/reconcile/watch';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { appNameOf } from '../../api/v1/names.ts';
import { claimsOf } from '../../modes/mode-of.ts';
import { byClaim, optionalKinds, type CanaryAppInformers } from './informers.ts';
import type { Senses } from './observe.ts';
import { canaryAppReconciler } from './reconciler.ts';

/**
 * Reconciles at the same time. One that waits for its writes costs a promise, and must not keep another application
 * from being looked at; the load on the API server is bounded by the connections to it.
 */
const workers = 512;

/**
 * The controller of CanaryApps: what wakes it, and what it does then.
 * @param answers keys whose check was answered
 */
export function canaryAppController(env: Env, senses: Senses, answers: ChannelSource): ControllerDefinition {
  const { apps, pods, children } = senses.informers;
  const optional = new Set(optionalKinds.map(groupResourceOf));
  const sources: readonly Source[] = [
    informerSource(apps, enqueueSelf),
    informerSource(apps, enqueueMapped(rivalsOf(senses.informers)), { predicates: [changesClaims] }),
    ...children.map((informer) =>
      informerSource(informer, enqueueMapped(appOfChild(apps)), {
        isOptional: optional.has(groupResourceOf(informer.kind)),
      }),
    ),
    informerSource(pods, enqueueMapped(appOfPod)),
    answers,
  ];
  return sources
    .reduce((builder, source) => builder.from(source), controller('canaryapp').workers(workers))
    .optional(...optionalKinds)
    .reconcile(canaryAppReconciler(env, senses));
}

/** By name, not by owner: an object that is not ours stands in our way by its name alone, and frees it when it goes. */
function appOfChild(apps: Informer<CanaryApp>): (child: KubernetesObject) => readonly ObjectKey[] {
  return (child) => {
    const { namespace, name } = child.metadata;
    const candidates = new Set([name, appNameOf(name)]);
    return [...candidates]
      .map((candidate) => (namespace === undefined ? { name: candidate } : { namespace, name: candidate }))
      .filter((key) => apps.lister.get(key) !== undefined);
  };
}

function appOfPod(pod: Pod): readonly ObjectKey[] {
  const { namespace, labels } = pod.metadata;
  const name = labels?.['app'];
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
}

/** Applications that want the same host: a claim that is given up may be theirs now. */
function rivalsOf({ apps }: CanaryAppInformers): (app: CanaryApp) => readonly ObjectKey[] {
  return (app) => claimsOf(app).flatMap((claim) => apps.lister.byIndex(byClaim, claim).map(keyOf));
}

function changesClaims(change: ObjectChange<CanaryApp>): boolean {
  if (change.type === 'added') return !change.isInitialList;
  if (change.type === 'deleted') return true;
  return claimsOf(change.object).join() !== claimsOf(change.previous).join();
}
