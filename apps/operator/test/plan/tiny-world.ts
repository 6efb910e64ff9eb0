import type { Deployment } from '@canaryop/reconcile/kinds';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import { revisionOf } from '../../src/api/v1/revision.ts';
import { CanaryApp, type CanaryAppStatus, type OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { isOwnedBy } from '../../src/rollout/diff.ts';
import type { Measurement, Verdict, Workload } from '../../src/rollout/observed.ts';
import { plan, type Observation, type Plan } from '../../src/rollout/plan.ts';
import type { Write } from '../../src/rollout/write.ts';
import { deploymentFacts, templateRevision } from '../../src/targets/workload.ts';
import { weightOf } from '../../src/traffic/istio/routes.ts';
import type { DestinationRule, Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { knownModeOf, liveObjects, slotOf, type Slots } from './slots.ts';

export const uid = 'app-uid';
const startMs = 1_767_225_600_000;

/** The seed's sample, as the API server stores it. */
export const sampleSpec: OwnedSpec = {
  image: 'go-status-code-server:v1',
  imageListenPort: 8088,
  replicas: 2,
  testReplicas: 1,
  prometheusQuery: 'errors > 2',
  prometheusURL: 'http://prometheus.istio-system.svc:9090',
  failWhenPrometheusFails: true,
  trafficShiftUpdateInterval: 30,
  deploymentReadyWaitTime: 20,
  progressDeadlineSeconds: 600,
  drainSeconds: 10,
  strategy: { stepWeight: 10, maxWeight: 50 },
  service: { hosts: ['*'] },
  podSecurity: 'default',
};

/** How the pods of an image turn out. */
export type ImageBehaviour = 'ready' | 'never-ready' | 'crash-loop';

/** What a world does beside obeying writes. */
export interface Script {
  readonly verdict: (image: string, weight: number) => Verdict;
  readonly behaviour: (image: string) => ImageBehaviour;
}

const wellBehaved: Script = { verdict: () => 'pass', behaviour: () => 'ready' };
const podStartMs = 2_000;

/**
 * Just enough of a cluster to run `plan` to its end: writes are applied whole, pods become ready after two seconds,
 * deletions take effect at once. Every write is checked against the rules that no crash may break.
 */
export class TinyWorld {
  now = startMs;
  app: CanaryApp;
  live: Slots = {};
  readonly script: Script;
  readonly violations: string[] = [];
  readonly certified = new Set<string>();
  readonly counts = { status: 0, create: 0, apply: 0, scale: 0, delete: 0, notices: 0 };
  readonly weights: number[] = [];
  #readyAt = new Map<string, number>();
  #readySince = new Map<string, number>();
  #measurement: Measurement | undefined;
  #lastAskedAt: number | undefined;
  #uids = 0;

  constructor(spec: Partial<OwnedSpec> = {}, script: Partial<Script> = {}) {
    this.script = { ...wellBehaved, ...script };
    this.app = {
      apiVersion: 'canary.atze.io/v1',
      kind: CanaryApp.kind,
      metadata: { name: 'demo', namespace: 'default', uid, generation: 1, resourceVersion: '1' },
      spec: { ...sampleSpec, ...spec },
    };
  }

  get status(): Partial<CanaryAppStatus> {
    return this.app.status ?? {};
  }

  get weight(): number | undefined {
    return this.live.virtualService && weightOf(this.live.virtualService);
  }

  edit(spec: Partial<OwnedSpec>): void {
    const { metadata } = this.app;
    this.app = {
      ...this.app,
      metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 },
      spec: { ...this.app.spec, ...spec },
    };
  }

  annotate(annotations: Record<string, string>): void {
    this.app = { ...this.app, metadata: { ...this.app.metadata, annotations } };
  }

  observed(): Observation {
    const { weight } = this;
    const primary = this.#workload('primary');
    const secondary = this.#workload('secondary');
    return {
      app: this.app,
      wanted: revisionOf(this.app.spec.image ?? '', this.app.spec.imageListenPort ?? 0),
      live: liveObjects(this.live),
      mayClaim: true,
      ...(weight === undefined ? {} : { weight }),
      ...(primary === undefined ? {} : { primary }),
      ...(secondary === undefined ? {} : { secondary }),
      ...(this.#measurement === undefined ? {} : { measurement: this.#measurement }),
      ...(this.#lastAskedAt === undefined ? {} : { lastAskedAt: this.#lastAskedAt }),
    };
  }

  plan(): Plan {
    return plan(knownModeOf(this.app), this.observed(), this.now);
  }

  /** Carries a plan out, or only its first `steps` requests: the status is the first if it changes. */
  act(planned: Plan, steps = Infinity): number {
    const requests: (() => void)[] = [];
    const { status } = planned;
    if (status !== undefined && !sameStatus(status, this.status)) {
      requests.push(() => {
        this.counts.status += 1;
        this.app = { ...this.app, status };
        this.counts.notices += planned.notices.length;
        const { run } = status;
        if (run?.certificate !== undefined) this.certified.add(run.revision);
        if (status.released !== undefined) this.certified.add(status.released.revision);
      });
    }
    for (const write of planned.writes) requests.push(() => this.#write(write));
    for (const request of requests.slice(0, steps)) request();
    if (steps >= requests.length && planned.measure !== undefined) this.#measure(planned.measure.revision);
    return Math.min(requests.length, steps);
  }

  /** A new operator process: what only memory knew is gone. */
  restart(): void {
    this.#readySince.clear();
    this.#measurement = undefined;
    this.#lastAskedAt = undefined;
  }

  /** Passes until nothing is left to do, time moving only when nothing else can happen. */
  run(until: (world: TinyWorld) => boolean = () => false, maxPasses = 2_000): Plan {
    for (let pass = 0; pass < maxPasses; pass += 1) {
      const planned = this.plan();
      const did = this.act(planned);
      if (until(this)) return planned;
      if (did > 0 || planned.measure !== undefined) continue;
      const next = this.nextEvent(planned);
      if (next === undefined) return planned;
      this.now = next;
    }
    throw new Error(`the world does not come to rest: ${this.plan().why}`);
  }

  /** When something can happen next, if nothing is left to do now. */
  nextEvent(planned: Plan): number | undefined {
    const wake = planned.requeueAfterMs === undefined ? [] : [this.now + planned.requeueAfterMs];
    const times = [...wake, ...this.#readyAt.values()].filter((time) => time > this.now);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #measure(revision: { id: string; image: string }): void {
    this.#lastAskedAt = this.now;
    const verdict = this.script.verdict(revision.image, this.weight ?? 0);
    this.#measurement = {
      revisionId: revision.id,
      askedAt: this.now,
      verdict,
      detail: `${verdict} of ${revision.image}`,
    };
  }

  #workload(role: 'primary' | 'secondary'): Workload | undefined {
    const deployment = this.live[role];
    if (deployment === undefined) return undefined;
    const image = deployment.spec?.template.spec?.containers[0]?.image ?? '';
    const behaviour = this.script.behaviour(image);
    const readyAt = this.#readyAt.get(incarnation(deployment)) ?? Infinity;
    const isReady = behaviour === 'ready' && this.now >= readyAt;
    const asked = deployment.spec?.replicas ?? 1;
    const older = role === 'primary' ? asked : 0;
    const status = isReady
      ? { updatedReplicas: asked, replicas: asked, availableReplicas: asked, readyReplicas: asked }
      : { updatedReplicas: 0, replicas: older, availableReplicas: older, readyReplicas: older };
    const seen = { ...deployment, status: { ...status, observedGeneration: 1 } };
    const facts = deploymentFacts(seen, [], templateRevision(deployment, 'demo'));
    const key = incarnation(deployment);
    if (facts.ready && !this.#readySince.has(key)) this.#readySince.set(key, this.now);
    const readySince = facts.ready ? this.#readySince.get(key) : undefined;
    const failure = behaviour === 'crash-loop' ? { reason: 'CrashLoopBackOff', message: 'container demo' } : undefined;
    return {
      ...facts,
      ...(readySince === undefined ? {} : { readySince }),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  #write(write: Write): void {
    if (write.verb === 'patch' || write.verb === 'copy')
      throw new Error(`a ${write.verb} of ${write.kind.kind} has no place here`);
    this.counts[write.verb] += 1;
    const { name } = (write.verb === 'create' ? write.desired : write.live).metadata;
    const slot = slotOf(write.kind, name);
    if (write.verb === 'delete') {
      this.#checkDelete(slot);
      delete this.live[slot];
      return;
    }
    const before = this.live[slot];
    const merged = {
      ...before,
      ...write.desired,
      metadata: { ...before?.metadata, ...write.desired?.metadata },
    } as KubernetesObject;
    const next = {
      ...merged,
      metadata: { ...merged.metadata, uid: before?.metadata.uid ?? `uid-${(this.#uids += 1)}` },
    };
    this.#store(slot, next, write);
    this.#checkTraffic();
    this.#checkPrimary();
  }

  #store(slot: keyof Slots, next: KubernetesObject, write: Write): void {
    if (slot === 'primary' || slot === 'secondary') {
      const deployment = next as Deployment;
      const before = this.live[slot]?.spec?.replicas;
      const spec = deployment.spec;
      const replicas = write.verb === 'scale' ? write.replicas : write.verb === 'create' ? spec?.replicas : before;
      const stored = { ...deployment, spec: { ...spec, replicas } } as Deployment;
      this.live[slot] = stored;
      const key = incarnation(stored);
      if (!this.#readyAt.has(key)) this.#readyAt.set(key, this.now + podStartMs);
      return;
    }
    if (slot === 'service') this.live.service = next;
    if (slot === 'gateway') this.live.gateway = next as Gateway;
    if (slot === 'destinationRule') this.live.destinationRule = next as DestinationRule;
    if (slot === 'virtualService') {
      const before = this.weight ?? 0;
      this.live.virtualService = next as VirtualService;
      const after = this.weight ?? -1;
      if (after !== before) this.weights.push(after);
      if (after > before && this.#workload('secondary')?.ready !== true) {
        this.violations.push(`the weight rose from ${before} to ${after} without ready pods`);
      }
    }
  }

  #checkTraffic(): void {
    const { virtualService } = this.live;
    if (virtualService === undefined) return;
    const shares = virtualService.spec.http[0]?.route.map((route) => route.weight ?? -1) ?? [];
    const sum = shares.reduce((total, share) => total + share, 0);
    if (sum !== 100 || shares.some((share) => share < 0 || share > 100))
      this.violations.push(`weights ${shares.join('/')}`);
    const ports = this.live.service?.spec?.ports?.map((port) => port.port) ?? [];
    const routed = virtualService.spec.http[0]?.route[0]?.destination.port?.number;
    if (routed === undefined || !ports.includes(routed))
      this.violations.push(`the routes name port ${routed}, the Service has ${ports.join(', ')}`);
  }

  #checkPrimary(): void {
    const { primary } = this.live;
    const { released, run } = this.status;
    if (primary === undefined || released === undefined) return;
    const { id, image } = templateRevision(primary, 'demo');
    if (!this.certified.has(id))
      this.violations.push(`primary runs ${image} without a certificate (run ${run?.stage})`);
  }

  #checkDelete(slot: keyof Slots): void {
    if (slot === 'secondary' && this.weight !== 0)
      this.violations.push(`secondary was removed at weight ${this.weight}`);
    const live = this.live[slot];
    if (live !== undefined && !isOwnedBy(live, uid)) this.violations.push(`${slot} is not ours and was deleted`);
  }
}

/** The pods of a template come up anew when the image changes. */
function incarnation(deployment: Deployment): string {
  const container = deployment.spec?.template.spec?.containers[0];
  return `${deployment.metadata.uid} ${container?.image} ${container?.ports?.[0]?.containerPort}`;
}

export function sameStatus(a: object | undefined, b: object): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
