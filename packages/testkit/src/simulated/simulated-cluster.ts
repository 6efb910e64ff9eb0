import { noCredentials } from '@canaryop/reconcile/client';
import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import type { CustomResourceDefinition } from '@canaryop/reconcile/crd';
import type { Transport } from '@canaryop/reconcile/env';
import { createManager, operatorPermissions } from '@canaryop/reconcile/manager';
import { resourceKind, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';
import { roleOf } from '@canaryop/reconcile/rbac';
import { recordingLogger, virtualEnv, type LoggedLine, type VirtualEnv } from '@canaryop/reconcile/testing';
import { createCluster, serviceAccountUser, type Cluster, type Loopback } from '@canaryop/simkube';

import { crashingTransport, type CrashPoint } from '../faults/crash-point.ts';
import { mortalTransport } from '../faults/mortal-transport.ts';

/** What is declared of an operator. */
export interface OperatorUnderTest {
  readonly fieldManager: string;
  readonly kinds: readonly { crd(): CustomResourceDefinition }[];
  readonly controllers: readonly ControllerDefinition[];
}

/** One life of the operator's process. */
export interface OperatorLife {
  /** Method and path of each write that it has sent, whether or not it was allowed. */
  readonly writes: readonly string[];
  /** Whether its crash point has come. */
  readonly isDead: boolean;
  /** Ends it, as SIGTERM does; one that is dead already is only forgotten. */
  stop(): Promise<void>;
}

/** A cluster of a test's own, in this process and in virtual time. */
export interface SimulatedCluster {
  readonly env: VirtualEnv;
  /** Synchronous access as an administrator. */
  readonly api: Loopback;
  /**
   * Starts the operator as its own ServiceAccount, which may do what follows from the declarations and nothing else.
   * @param death where it dies, counted in writes
   */
  start(death?: CrashPoint): OperatorLife;
  /** Lets time go on until something has come about. Rejects after 60 virtual seconds, with the newest problems in the log. */
  until(isDone: () => boolean): Promise<void>;
  /** Lets this much time go by. */
  pause(ms: number): Promise<void>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

const turnMs = 10;
const patienceMs = 60_000;
const account = { namespace: 'default', name: 'operator-under-test' };

/**
 * An API server with its controllers, Deployments that get pods and pods that get ready, and the operator's definitions
 * and roles installed: what a test of controllers needs. An hour takes a moment, and no test waits in real time.
 */
export function simulatedCluster(operator: OperatorUnderTest): SimulatedCluster {
  const { log, lines } = recordingLogger();
  const env = virtualEnv({ log });
  const definitions = operator.kinds.map((kind) => kind.crd());
  const cluster = createCluster({ env, istio: false, apiServer: { definitions } });
  grant(cluster.server.loopback, operator);
  const lives: OperatorLife[] = [];
  return {
    env,
    api: cluster.server.loopback,
    start: (death) => {
      const life = live(env, cluster, operator, death);
      lives.push(life);
      return life;
    },
    until: async (isDone) => {
      const endMs = env.clock.monotonic() + patienceMs;
      while (!isDone()) {
        if (env.clock.monotonic() > endMs) {
          throw new Error(`did not come about within a minute: ${isDone.toString()}\n${problemsOf(lines)}`);
        }
        await env.time.advance(turnMs);
      }
    },
    pause: (ms) => env.time.advance(ms),
    close: async () => {
      for (const life of lives) await life.stop();
      await cluster.stop();
    },
  };
}

/** The newest lines that say what is wrong. */
function problemsOf(lines: readonly LoggedLine[]): string {
  const problems = lines.filter(({ level }) => level === 'warn' || level === 'error');
  return problems
    .slice(-5)
    .map(({ level, message, fields }) => `${level}: ${message} ${JSON.stringify(fields)}`)
    .join('\n');
}

function live(env: VirtualEnv, { server }: Cluster, operator: OperatorUnderTest, death?: CrashPoint): OperatorLife {
  const writes: string[] = [];
  const process = mortalTransport(server.transport(serviceAccountUser(account.namespace, account.name)));
  let isDead = false;
  const transport = crashingTransport(noting(process, writes), {
    point: death,
    counts: ({ method }) => method !== 'GET',
    die: () => {
      isDead = true;
      process.kill();
    },
  });
  const { fieldManager, controllers } = operator;
  const connection = { server: 'https://simulated', transport, credentials: noCredentials };
  const manager = createManager({ env, connection, fieldManager });
  for (const definition of controllers) manager.add(definition);
  const stop = new AbortController();
  const state = { hasEnded: false };
  const ended = manager.start(stop.signal).finally(() => {
    state.hasEnded = true;
  });
  ended.catch(() => undefined);
  return {
    writes,
    get isDead() {
      return isDead;
    },
    stop: async () => {
      stop.abort();
      // What a dead process waits for never comes.
      if (isDead) return;
      while (!state.hasEnded) await env.time.advance(turnMs);
      await ended;
    },
  };
}

function noting(inner: Transport, writes: string[]): Transport {
  return {
    close: () => inner.close(),
    request: (request) => {
      if (request.method !== 'GET') writes.push(`${request.method} ${new URL(request.url).pathname}`);
      return inner.request(request);
    },
  };
}

const rbac = <T extends KubernetesObject>(kind: string, plural: string): ResourceKind<T> =>
  resourceKind<T>({ group: 'rbac.authorization.k8s.io', version: 'v1', kind, plural, namespaced: false });
const clusterRoles = rbac('ClusterRole', 'clusterroles');
const clusterRoleBindings = rbac<KubernetesObject & { readonly roleRef: object; readonly subjects: readonly object[] }>(
  'ClusterRoleBinding',
  'clusterrolebindings',
);

function grant(api: Loopback, { controllers }: OperatorUnderTest): void {
  const role = roleOf('ClusterRole', account.name, operatorPermissions(controllers).everywhere);
  api.create(clusterRoles, role);
  api.create(clusterRoleBindings, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: account.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: account.name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  });
}
