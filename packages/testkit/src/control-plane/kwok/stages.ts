import { join } from 'node:path';

import { readYamlDocuments } from '../cluster/yaml-documents.ts';
import type { KwokOptions, PodRule } from './kwok-options.ts';
import { failureTemplate } from './pod-failures.ts';

/** The part of kwok's Stage that is read or written here. */
export interface Stage {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: StageSpec;
}

interface StageSpec {
  readonly resourceRef: { readonly apiGroup: string; readonly kind: string };
  readonly selector: { readonly matchExpressions: readonly MatchExpression[] };
  readonly delay?: object;
  readonly next: object;
}

/** `key` is a jq query. */
interface MatchExpression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** Upstream's files, below kustomize/stage of its module. */
const files = {
  nodeReady: 'node/fast/node-initialize.yaml',
  nodeHeartbeat: 'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  podReady: 'pod/fast/pod-ready.yaml',
  podComplete: 'pod/fast/pod-complete.yaml',
  podDelete: 'pod/fast/pod-delete.yaml',
} as const;

/**
 * The stages of nodes and pods: kwok's own, read from its module, with delays, and one stage more for each rule.
 * @param folder of the module sigs.k8s.io/kwok.
 */
export async function stagesFor(folder: string, options: KwokOptions): Promise<readonly object[]> {
  const { readyDelayMs = 0, stopDelayMs = 0, rules = [], stages = [] } = options;
  const read = async (file: string): Promise<Stage> => {
    const [stage] = await readYamlDocuments(join(folder, 'kustomize/stage', file));
    return stage as Stage;
  };
  const podReady = await read(files.podReady);
  const delay = delayed(readyDelayMs, 'pod-ready');
  return [
    await read(files.nodeReady),
    await read(files.nodeHeartbeat),
    changed(podReady, rules.map(unmatched), delay),
    await read(files.podComplete),
    changed(await read(files.podDelete), [], delayed(stopDelayMs, 'pod-delete')),
    ...rules.map((rule, index) => failing({ podReady, rule, earlier: rules.slice(0, index), delay, index })),
    ...stages,
  ];
}

/** A delay that a pod's annotation overrides, under the name that kwok's own stages give it. */
function delayed(milliseconds: number, stage: string): object {
  return {
    durationMilliseconds: milliseconds,
    durationFrom: { expressionFrom: `.metadata.annotations["${stage}.stage.kwok.x-k8s.io/delay"]` },
  };
}

function changed(stage: Stage, more: readonly MatchExpression[], delay: object): Stage {
  const { spec } = stage;
  const matchExpressions = [...spec.selector.matchExpressions, ...more];
  return { ...stage, spec: { ...spec, selector: { matchExpressions }, delay } };
}

function imagesThatMatch(rule: PodRule): string {
  return `.spec.containers[].image | select(test(${JSON.stringify(rule.image)}))`;
}

function unmatched(rule: PodRule): MatchExpression {
  return { key: imagesThatMatch(rule), operator: 'DoesNotExist' };
}

interface FailingStage {
  readonly podReady: Stage;
  readonly rule: PodRule;
  readonly earlier: readonly PodRule[];
  readonly delay: object;
  readonly index: number;
}

/** The stage that takes the place of `podReady` for the pods of a rule. A pod with container statuses has been through it. */
function failing({ podReady, rule, earlier, delay, index }: FailingStage): Stage {
  return {
    ...podReady,
    metadata: { name: `pod-${rule.outcome}-${index}` },
    spec: {
      resourceRef: podReady.spec.resourceRef,
      selector: {
        matchExpressions: [
          { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
          { key: '.status.containerStatuses', operator: 'DoesNotExist' },
          { key: imagesThatMatch(rule), operator: 'Exists' },
          ...earlier.map(unmatched),
        ],
      },
      delay,
      next: { statusTemplate: failureTemplate(rule.outcome) },
    },
  };
}
