import { Deployment } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

import type { CanaryApp, OwnedSpec } from '../../api/v1/canaryapp.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import { podLabels, primaryName, secondaryName, type Role } from '../../api/v1/names.ts';
import { idAmong, imageContent, type Revision } from '../../api/v1/revision.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { recordedRevisions } from '../../rollout/revision-record.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import type { Sight, Target, WorkloadFacts } from '../target.ts';
import { deploymentFacts, templateRevision } from '../workload.ts';
import { deploymentOf } from './owned-deployment.ts';

/** An image of the spec, run by two Deployments of our own. */
export function ownedDeployments(app: CanaryApp, spec: OwnedSpec): Target {
  const { name } = app.metadata;
  return {
    claims: [],
    reads: [],
    obstacle: () => undefined,
    selectors: () => ({ primary: podLabels(name, 'primary'), secondary: podLabels(name, 'secondary') }),
    workloads: { primary: primaryName(name), secondary: secondaryName(name) },
    owned: [primaryName(name), secondaryName(name)].map((own) => ({ kind: Deployment, name: own })),
    observe: (sight) =>
      present({
        wanted: revisionFor(app, { image: spec.image, port: spec.imageListenPort }),
        primary: workload(app, primaryName(name), sight),
        secondary: workload(app, secondaryName(name), sight),
      }),
    children: (live, intent) => [
      primary({ app, spec, live }, intent.primary),
      secondary({ app, spec, live }, intent.secondary),
    ],
  };
}

interface Context {
  readonly app: CanaryApp;
  readonly spec: OwnedSpec;
  readonly live: LiveObjects;
}

function workload(app: CanaryApp, name: string, sight: Sight): WorkloadFacts | undefined {
  const deployment = sight.get(Deployment, name);
  if (deployment === undefined || !isOwnedBy(deployment, app.metadata.uid ?? '')) return undefined;
  const revision = revisionFor(app, templateRevision(deployment, app.metadata.name));
  return deploymentFacts(deployment, sight.pods(name), revision);
}

/** Image and port are all that there is to a revision, and the record of it has both, but for one that failed. */
function revisionFor(app: CanaryApp, { image, port }: Pick<Revision, 'image' | 'port'>): Revision {
  const remembered = recordedRevisions(app).map((recorded) => ({
    id: recorded.revision,
    looksAlike: recorded.image === image && (recorded.port ?? port) === port,
  }));
  return { id: idAmong(remembered, imageContent(image, port)), image, port };
}

/** After its creation, primary's count belongs to whoever scales it. */
function primary(context: Context, revision: Revision): Child {
  const replicas = { count: context.spec.replicas, isFixed: false };
  return { ...child(context, 'primary', { revision, replicas: replicas.count }), replicas };
}

function secondary(context: Context, revision: Revision | undefined): Child {
  if (revision === undefined) return childOf(context.live, Deployment, secondaryName(context.app.metadata.name));
  const replicas = { count: context.spec.testReplicas, isFixed: true };
  return { ...child(context, 'secondary', { revision, replicas: replicas.count }), replicas };
}

function child({ app, spec, live }: Context, role: Role, runs: { revision: Revision; replicas: number }): Child {
  const { name } = app.metadata;
  const own = role === 'primary' ? primaryName(name) : secondaryName(name);
  const { podSecurity } = spec;
  const desired = deploymentOf({ metadata: ownedMetadata(app, own), app: name, role, podSecurity, ...runs });
  return childOf(live, Deployment, own, desired);
}
