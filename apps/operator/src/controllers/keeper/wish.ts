import type { Desired } from '@canaryop/reconcile/client';
import type { Deployment } from '@canaryop/reconcile/kinds';
import { apiVersionOf, present, type OwnerReference } from '@canaryop/reconcile/object';
import type { validateObject } from '@canaryop/reconcile/validation';

import { CanaryApp, type CanaryAppSpec } from '../../api/v1/canaryapp.ts';
import { canaryAnnotations } from '../../api/v1/names.ts';
import { parseGoDuration } from './go-duration.ts';

const defaultDuration = '15m';
const secondMs = 1_000;
const longestSeconds = 86_400;

/** What a workload asks for: the application that does it, or what is wrong with the wish. */
export type Wish =
  | {
      readonly kind: 'app';
      readonly app: Desired<CanaryApp>;
      readonly canaryPod: NonNullable<CanaryAppSpec['canaryPod']>;
    }
  | { readonly kind: 'wrong'; readonly problem: string };

/** Judges an object by the schema and the rules of its kind. It is given, because few clusters ever need it loaded. */
export type Validate = typeof validateObject;

/** What a workload with our label asks for by its annotations. All of them are user input. */
export function wishOf(workload: Deployment, validate: Validate): Wish {
  const { name, namespace, annotations = {} } = workload.metadata;
  const image = annotations[canaryAnnotations.image];
  if (image === undefined) return wrong(`annotation ${canaryAnnotations.image} is missing; set it to the image to try`);
  const duration = annotations[canaryAnnotations.duration] ?? defaultDuration;
  const durationSeconds = Math.ceil((parseGoDuration(duration) ?? 0) / secondMs);
  const problem = durationProblem(duration, durationSeconds) ?? containerProblem(workload);
  if (problem !== undefined) return wrong(problem);
  const canaryPod = present({ image, container: annotations[canaryAnnotations.name], durationSeconds });
  const app = appFor(workload, canaryPod);
  const [error] = validate(CanaryApp, {
    ...app,
    metadata: { ...app.metadata, namespace: namespace ?? 'default' },
  });
  if (error === undefined) return { kind: 'app', app, canaryPod };
  if (error.path.startsWith('metadata'))
    return wrong(
      `the name ${name} can be no CanaryApp's, which has at most 50 letters, digits and dashes: ${error.message}`,
    );
  return wrong(`annotation ${canaryAnnotations.image} is ${quoted(image)}, which is no image: ${error.message}`);
}

function durationProblem(text: string, seconds: number): string | undefined {
  if (seconds >= 1 && seconds <= longestSeconds) return undefined;
  return `annotation ${canaryAnnotations.duration} is ${quoted(text)}; it must be a duration as 15m or 1h30m, at most 24h`;
}

function containerProblem({ metadata, spec }: Deployment): string | undefined {
  const container = metadata.annotations?.[canaryAnnotations.name];
  const containers = (spec?.template.spec?.containers ?? []).map((each) => each.name);
  const names = containers.join(', ');
  if (container !== undefined)
    return containers.includes(container)
      ? undefined
      : `annotation ${canaryAnnotations.name} is ${quoted(container)}; the containers are ${names}`;
  return containers.length > 1
    ? `annotation ${canaryAnnotations.name} is missing; it must be one of ${names}`
    : undefined;
}

function wrong(problem: string): Wish {
  return { kind: 'wrong', problem };
}

const longestQuote = 80;

function quoted(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text);
}

function appFor(workload: Deployment, canaryPod: NonNullable<CanaryAppSpec['canaryPod']>): Desired<CanaryApp> {
  const { apiVersion, kind, metadata } = workload;
  const { name, namespace, uid = '' } = metadata;
  // It does not block the deletion of its owner, so no right to the owner's finalizers is needed.
  const owner: OwnerReference = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: false };
  return {
    apiVersion: apiVersionOf(CanaryApp),
    kind: CanaryApp.kind,
    metadata: { ...present({ namespace }), name, ownerReferences: [owner] },
    spec: { targetRef: { apiVersion, kind, name }, canaryPod },
  } as unknown as Desired<CanaryApp>;
}
