import {
  annotationsChanged,
  ConfigMap,
  controller,
  controllerReference,
  createOrUpdate,
  enqueueMapped,
  generationChanged,
  keyOf,
  Namespace,
  or,
  Service,
  withFinalizer,
  type Result,
} from '@canaryop/reconcile';

import { Site } from './site.ts';

const finalizer = 'sites.demo.io/take-down';

/** @param takeDown undoes what no garbage collection knows of. */
export function sites(takeDown: (host: string, signal: AbortSignal) => Promise<void>) {
  return controller('sites')
    .for(Site, or(generationChanged, annotationsChanged)) // so that a write of the status wakes nobody
    .owns(ConfigMap)
    .watches(
      Service,
      enqueueMapped(({ metadata: { namespace, labels } }) => {
        const name = labels?.['sites.demo.io/site'];
        return name === undefined ? [] : [{ namespace, name }];
      }),
    )
    .reads(Namespace) // in memory for context.lister; its changes enqueue nothing
    .may({ resource: Site, verbs: ['patch'] }) // for the finalizer
    .workers(4)
    .reconcileTimeout(60_000)
    .reconcile(async (key, context): Promise<Result | void> => {
      const { client, events, lister, log, signal } = context;
      const found = lister(Site).get(key);
      if (found === undefined) return;
      const life = await withFinalizer({ client, kind: Site, live: found, finalizer }, async ({ spec }) => {
        await takeDown(spec.host, signal); // it throws: the finalizer stays, and we come back
        log.info('taken down', { host: spec.host });
      });
      if (life.stage === 'finalized') return;
      const site = life.object;

      const team = lister(Namespace).get({ name: key.namespace ?? '' })?.metadata.labels?.['team'];
      if (team === undefined) {
        log.debug('its namespace has no team yet', { reasons: context.reasons });
        return { requeueAfterMs: 60_000 };
      }
      const { operation } = await createOrUpdate(context, ConfigMap, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...keyOf(site), labels: { team }, ownerReferences: [controllerReference(site)] },
        data: site.spec.pages,
      });
      // Where something happened, and not in each pass: an Event is a write.
      if (operation !== 'unchanged') events.event(site, 'Normal', 'Published', `${operation} the pages of ${team}`);
      const isServed = lister(Service).get(key) !== undefined;
      await client.updateStatus(Site, site, isServed ? { url: `https://${site.spec.host}` } : {});
    });
}
