import { sleep } from '@canaryop/reconcile/env';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { describe, expect, it } from 'vitest';

import { startCluster, type VirtualCluster } from '../../test/virtual-cluster.ts';
import { podCondition } from '../controllers/pod-readiness.ts';
import { configMapKind, podKind, secretKind, type Container, type Pod, type PodSpec } from '../kinds/core-v1.ts';
import { untilTerminated } from '../world/in-process-programs.ts';
import { textResponse } from './http-exchange.ts';
import type { ImageRule, Program } from './program.ts';

const key = { namespace: 'default', name: 'web' };

function podOf(image: string, container: Partial<Container> = {}, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...key, labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image, ...container }], ...spec },
  };
}

const port = { ports: [{ name: 'http', containerPort: 8088 }] };
const tcpProbe = { ...port, readinessProbe: { tcpSocket: { port: 'http' } } };

function start(pod: Pod, images: readonly ImageRule[] = []): VirtualCluster {
  const cluster = startCluster({ images });
  cluster.api.create(podKind, pod);
  return cluster;
}

const live = (cluster: VirtualCluster): Pod | undefined => cluster.api.get(podKind, key);
const main = (cluster: VirtualCluster) => live(cluster)?.status?.containerStatuses?.[0];
const isReady = (cluster: VirtualCluster): boolean => {
  const pod = live(cluster);
  return pod !== undefined && podCondition(pod, 'Ready')?.status === 'True';
};
const program = (run: Program): readonly ImageRule[] => [
  { match: /^test:v1$/, behaviour: { pullMs: 0, program: run } },
];

async function logText(cluster: VirtualCluster, options = {}): Promise<string> {
  const logs = cluster.world.podLogs(key, options);
  if (!logs.ok) return `${logs.code} ${logs.message}`;
  let text = '';
  for await (const chunk of logs.lines) text += chunk;
  return text;
}

describe('a pod that is well', () => {
  it('is bound, started and ready within about a second', async () => {
    const cluster = start(podOf('sample-server:v1', tcpProbe));
    const startedAt = cluster.env.clock.now();
    await cluster.env.time.until(() => isReady(cluster));
    expect(cluster.env.clock.now() - startedAt).toBeLessThan(1200);
    expect(live(cluster)).toMatchObject({
      spec: { nodeName: 'simkube' },
      status: { phase: 'Running', podIP: expect.stringMatching(/^10\.244\./) as unknown, hostIP: '192.168.49.2' },
    });
    expect(main(cluster)).toMatchObject({
      name: 'main',
      ready: true,
      started: true,
      restartCount: 0,
      image: 'sample-server:v1',
      imageID: expect.stringMatching(/^docker\.io\/library\/sample-server@sha256:[0-9a-f]{64}$/) as unknown,
      containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/) as unknown,
      state: { running: {} },
    });
    const conditions = live(cluster)?.status?.conditions?.map(({ type, status }) => `${type}=${status}`);
    expect(conditions?.sort((left, right) => left.localeCompare(right))).toEqual([
      'ContainersReady=True',
      'Initialized=True',
      'PodReadyToStartContainers=True',
      'PodScheduled=True',
      'Ready=True',
    ]);
    await cluster.stop();
  });

  it('waits for the initial delay of its probe', async () => {
    const probe = { ...tcpProbe, readinessProbe: { tcpSocket: { port: 8088 }, initialDelaySeconds: 20 } };
    const cluster = start(podOf('sample-server:v1', probe));
    await cluster.env.time.advance(19_000);
    expect(isReady(cluster)).toBe(false);
    await cluster.env.time.advance(3000);
    expect(isReady(cluster)).toBe(true);
    await cluster.stop();
  });

  it('is asked over HTTP when its probe says so, and loses readiness after the threshold', async () => {
    let code = 500;
    const images = program(async (context) => {
      context.listen(8088, () => Promise.resolve(textResponse(code, '')));
      await untilTerminated(context.signal);
      return 0;
    });
    const readinessProbe = { httpGet: { path: '/readyz', port: 8088 }, periodSeconds: 5, failureThreshold: 2 };
    const cluster = start(podOf('test:v1', { ...port, readinessProbe }), images);
    await cluster.env.time.advance(5000);
    expect(isReady(cluster)).toBe(false);
    code = 204;
    await cluster.env.time.advance(1000);
    expect(isReady(cluster)).toBe(true);
    code = 500;
    await cluster.env.time.advance(5500);
    expect(isReady(cluster)).toBe(true);
    await cluster.env.time.advance(5000);
    expect(isReady(cluster)).toBe(false);
    await cluster.stop();
  });

  it('has events that describe it', async () => {
    const cluster = start(podOf('sample-server:v1'));
    await cluster.env.time.advance(2000);
    const events = resourceKind<KubernetesObject & { readonly reason: string }>({
      group: '',
      version: 'v1',
      kind: 'Event',
      plural: 'events',
    });
    expect(cluster.api.list(events, { namespace: 'default' }).map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['Scheduled', 'Started']),
    );
    await cluster.stop();
  });
});

describe('a pod that fails', () => {
  it('never gets ready and costs no timer', async () => {
    const cluster = start(podOf('app:never-ready', tcpProbe));
    await cluster.env.time.advance(5000);
    expect(live(cluster)?.status?.phase).toBe('Running');
    expect(podCondition(live(cluster) ?? podOf(''), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
    });
    expect(cluster.env.time.pending).toBe(0);
    await cluster.stop();
  });

  it('crashes, restarts at once, then backs off for 10, 20, 40 seconds', async () => {
    const cluster = start(podOf('app:crash-loop'));
    const startsAt: number[] = [];
    const stop = cluster.api.watch<Pod>(podKind, ({ object }) => {
      const status = object.status?.containerStatuses?.[0];
      if (status?.state.running !== undefined) startsAt[status.restartCount] ??= cluster.env.clock.monotonic();
    });
    await cluster.env.time.until(() => main(cluster)?.state.waiting?.reason === 'CrashLoopBackOff');
    expect(main(cluster)).toMatchObject({
      restartCount: 1,
      ready: false,
      state: {
        waiting: {
          message: expect.stringMatching(/^back-off 10s restarting failed container=main pod=web_default/) as unknown,
        },
      },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    });
    await cluster.env.time.until(() => (main(cluster)?.restartCount ?? 0) >= 4);
    const gaps = startsAt.slice(1).map((at, index) => Math.round((at - (startsAt[index] ?? 0)) / 1000));
    expect(gaps).toEqual([2, 11, 21, 41]);
    expect(await logText(cluster, { previous: true })).toContain('panic');
    stop();
    await cluster.stop();
  });

  it('shows ErrImagePull first and ImagePullBackOff then, again and again', async () => {
    const cluster = start(podOf('app:pull-error'));
    const seen: string[] = [];
    const stop = cluster.api.watch<Pod>(podKind, ({ object }) => {
      const reason = object.status?.containerStatuses?.[0]?.state.waiting?.reason;
      if (reason !== undefined && seen.at(-1) !== reason) seen.push(reason);
    });
    await cluster.env.time.advance(45_000);
    expect(seen).toEqual([
      'ContainerCreating',
      'ErrImagePull',
      'ImagePullBackOff',
      'ErrImagePull',
      'ImagePullBackOff',
      'ErrImagePull',
      'ImagePullBackOff',
    ]);
    expect(live(cluster)?.status?.phase).toBe('Pending');
    stop();
    await cluster.stop();
  });

  it.each(['Not An Image', 'a:b:c', 'app/UPPER', 'app:'])('cannot parse the image name %j', async (image) => {
    const cluster = start(podOf(image));
    await cluster.env.time.advance(2000);
    expect(main(cluster)?.state.waiting?.reason).toBe('InvalidImageName');
    await cluster.stop();
  });

  it('waits for a ConfigMap that it needs, and starts when it is there', async () => {
    const env = [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } }];
    const cluster = start(podOf('sample-server:v1', { env }));
    await cluster.env.time.advance(5000);
    expect(main(cluster)?.state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "settings" not found',
    });
    const metadata = { namespace: 'default', name: 'settings' };
    cluster.api.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { mode: 'fast' } });
    await cluster.env.time.advance(5000);
    expect(main(cluster)?.state.running).toBeDefined();
    await cluster.stop();
  });

  it('never starts an image whose configuration is wrong', async () => {
    const cluster = start(podOf('app:config-error'));
    await cluster.env.time.advance(60_000);
    expect(main(cluster)?.state.waiting?.reason).toBe('CreateContainerConfigError');
    await cluster.stop();
  });

  it('ends as Succeeded or Failed when it is not to be restarted', async () => {
    for (const [exitCode, phase] of [
      [0, 'Succeeded'],
      [3, 'Failed'],
    ] as const) {
      const images = program(() => Promise.resolve(exitCode));
      const cluster = start(podOf('test:v1', {}, { restartPolicy: 'Never' }), images);
      await cluster.env.time.advance(2000);
      expect(live(cluster)?.status?.phase).toBe(phase);
      expect(main(cluster)?.state.terminated?.exitCode).toBe(exitCode);
      await cluster.stop();
    }
  });
});

describe('a pod that is deleted', () => {
  const until = (cluster: VirtualCluster) => cluster.env.time.until(() => live(cluster) === undefined);
  const trace = (lines: string[], stopMs: number): readonly ImageRule[] =>
    program(async (context) => {
      const at = (): number => Math.round(context.env.clock.monotonic() / 1000);
      context.killed.addEventListener('abort', () => lines.push(`killed ${at()}`));
      await untilTerminated(context.signal);
      lines.push(`SIGTERM ${at()}`);
      await sleep(context.env.timers, stopMs, context.killed);
      if (!context.killed.aborted) lines.push(`exit ${at()}`);
      return 0;
    });

  it('runs its preStop hook, then gets SIGTERM, then goes', async () => {
    const lines: string[] = [];
    const cluster = start(podOf('test:v1', { lifecycle: { preStop: { sleep: { seconds: 5 } } } }), trace(lines, 2000));
    await cluster.env.time.advance(10_000);
    cluster.api.delete(podKind, key);
    expect(live(cluster)?.metadata.deletionTimestamp).toBeDefined();
    await until(cluster);
    expect(lines).toEqual(['SIGTERM 15', 'exit 17']);
    await cluster.stop();
  });

  it('is killed when the grace period is over, preStop hook included', async () => {
    const lines: string[] = [];
    const hook = { lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } } };
    const cluster = start(podOf('test:v1', hook, { terminationGracePeriodSeconds: 10 }), trace(lines, 60_000));
    await cluster.env.time.advance(10_000);
    cluster.api.delete(podKind, key);
    await until(cluster);
    expect(lines).toEqual(['SIGTERM 15', 'killed 20']);
    await cluster.stop();
  });

  it('goes at once when it is deleted by force', async () => {
    const lines: string[] = [];
    const cluster = start(podOf('test:v1'), trace(lines, 60_000));
    await cluster.env.time.advance(10_000);
    cluster.api.delete(podKind, key, { gracePeriodSeconds: 0 });
    expect(live(cluster)).toBeUndefined();
    await cluster.env.time.advance(100);
    expect(lines).toContain('killed 10');
    await cluster.env.time.advance(1000);
    expect(cluster.env.time.pending).toBe(0);
    await cluster.stop();
  });

  it('answers what it has taken before it exits, and refuses the rest', async () => {
    const images: readonly ImageRule[] = program(async (context) => {
      const listener = context.listen(8088, async () => {
        await sleep(context.env.timers, 3000);
        return textResponse(200, 'slow');
      });
      await untilTerminated(context.signal);
      await listener.close();
      return 0;
    });
    const cluster = start(podOf('test:v1', port), images);
    await cluster.env.time.advance(5000);
    const address = live(cluster)?.status?.podIP ?? '';
    const request = { method: 'GET', path: '/', headers: {} };
    const taken = cluster.world.network.dispatch(address, 8088, request);
    cluster.api.delete(podKind, key);
    await cluster.env.time.advance(1000);
    expect(await cluster.world.network.dispatch(address, 8088, request)).toEqual({ outcome: 'refused' });
    await cluster.env.time.advance(3000);
    expect(await taken).toMatchObject({ outcome: 'response', response: { body: 'slow' } });
    await cluster.stop();
  });

  it('breaks what it has taken when it is killed', async () => {
    const images = program(async (context) => {
      context.listen(8088, () => new Promise(() => undefined));
      await untilTerminated(context.killed);
      return 0;
    });
    const cluster = start(podOf('test:v1', port, { terminationGracePeriodSeconds: 5 }), images);
    await cluster.env.time.advance(5000);
    const address = live(cluster)?.status?.podIP ?? '';
    const taken = cluster.world.network.dispatch(address, 8088, { method: 'GET', path: '/', headers: {} });
    cluster.api.delete(podKind, key);
    await until(cluster);
    expect(await taken).toEqual({ outcome: 'reset' });
    await cluster.stop();
  });

  it('goes although it never ran', async () => {
    const cluster = start(podOf('app:pull-error'));
    await cluster.env.time.advance(5000);
    cluster.api.delete(podKind, key);
    await until(cluster);
    await cluster.env.time.advance(1000);
    expect(cluster.env.time.pending).toBe(0);
    await cluster.stop();
  });
});

describe('a program', () => {
  it('gets its arguments and variables with references resolved', async () => {
    let seen: unknown;
    const images = program((context) => {
      seen = { args: context.args, ...context.variables, token: context.serviceAccountToken() };
      return new Promise(() => undefined);
    });
    const cluster = startCluster({ images });
    const at = (name: string) => ({ namespace: 'default', name });
    cluster.api.create(configMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: at('settings'),
      data: { MODE: 'fast' },
    });
    cluster.api.create(secretKind, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: at('keys'),
      data: { key: btoa('hidden') },
    });
    const env = [
      { name: 'HOST', value: 'a.example' },
      { name: 'URL', value: 'http://$(HOST)/$$(HOST)/$(NOBODY)' },
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } },
      { name: 'NONE', valueFrom: { secretKeyRef: { name: 'none', key: 'key', optional: true } } },
    ];
    const envFrom = [{ prefix: 'S_', configMapRef: { name: 'settings' } }];
    cluster.api.create(podKind, podOf('test:v1', { env, envFrom, args: ['--url=$(URL)'] }));
    await cluster.env.time.advance(1000);
    expect(seen).toEqual({
      args: ['--url=http://a.example/$(HOST)/$(NOBODY)'],
      S_MODE: 'fast',
      HOST: 'a.example',
      URL: 'http://a.example/$(HOST)/$(NOBODY)',
      NAME: 'web',
      APP: 'web',
      KEY: 'hidden',
      token: expect.stringMatching(/^ey/) as unknown,
    });
    await cluster.stop();
  });

  it('that throws has crashed, with its words in the log', async () => {
    const cluster = start(
      podOf('test:v1'),
      program(() => Promise.reject(new Error('no luck'))),
    );
    await cluster.env.time.until(() => main(cluster)?.lastState.terminated !== undefined);
    expect(main(cluster)?.lastState.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    await cluster.env.time.until(() => main(cluster)?.state.waiting?.reason === 'CrashLoopBackOff');
    expect(await logText(cluster)).toContain('Error: no luck');
    await cluster.stop();
  });

  it('can run without end in no time', async () => {
    const cluster = start(podOf('sample-server:v1', tcpProbe));
    await cluster.env.time.advance(3_600_000);
    expect(cluster.env.time.pending).toBe(0);
    await cluster.stop();
  });
});

describe('logs', () => {
  const counting = program(async (context) => {
    for (let line = 1; line <= 3; line += 1) {
      context.log(`line ${line}`);
      await sleep(context.env.timers, 1000);
    }
    await untilTerminated(context.signal);
    context.log('bye');
    return 0;
  });

  it.each([
    [{}, 'line 1\nline 2\nline 3\n'],
    [{ tailLines: 1 }, 'line 3\n'],
    [{ tailLines: 0 }, ''],
    [{ sinceSeconds: 9 }, 'line 3\n'],
    [{ container: 'main' }, 'line 1\nline 2\nline 3\n'],
    [{ previous: true }, '400 previous terminated container "main" in pod "web" not found'],
    [{ container: 'other' }, '400 container other is not valid for pod web'],
    [{ timestamps: true, tailLines: 1 }, '2026-01-01T00:00:02.060000Z line 3\n'],
  ])('with %j are %j', async (options, expected) => {
    const cluster = start(podOf('test:v1'), counting);
    await cluster.env.time.advance(11_000);
    expect(await logText(cluster, options)).toBe(expected);
    await cluster.stop();
  });

  it('are followed to the end of the pod', async () => {
    const cluster = start(podOf('test:v1'), counting);
    await cluster.env.time.advance(500);
    const text = logText(cluster, { follow: true });
    await cluster.env.time.advance(5000);
    cluster.api.delete(podKind, key);
    await cluster.env.time.advance(5000);
    expect(await text).toBe('line 1\nline 2\nline 3\nbye\n');
    await cluster.stop();
  });

  it('end when the reader has had enough', async () => {
    const cluster = start(podOf('test:v1'), counting);
    await cluster.env.time.advance(500);
    const controller = new AbortController();
    const text = logText(cluster, { follow: true, signal: controller.signal });
    await cluster.env.time.settle();
    controller.abort();
    expect(await text).toBe('line 1\n');
    await cluster.stop();
  });

  it('of a container that waits are refused, and so are those of no pod', async () => {
    const cluster = start(podOf('app:pull-error'));
    await cluster.env.time.advance(1500);
    expect(await logText(cluster)).toBe('400 container "main" in pod "web" is waiting to start: ErrImagePull');
    expect(cluster.world.podLogs({ namespace: 'default', name: 'none' })).toMatchObject({ ok: false, code: 404 });
    await cluster.stop();
  });
});
