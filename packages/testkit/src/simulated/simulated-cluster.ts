import { noCredentials } from '@canaryop/reconcile/client';
import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import type { CustomResourceDefinition } from '@canaryop/reconcile/crd';
import type { Transport } from '@canaryop/reconcile/env';
import { createManager, operatorPermissions } from '@canaryop/reconcile/manager';
import { resourceKind, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';
import { roleOf } from '@canaryop/reconcile/rbac';
import { recordingLogger, virtualEnv, type LoggedLine, type VirtualEnv } from '@canaryop/reconcile/testing';
import { createCluster, serviceAccountUser, type Cluster, type Loopback } from '@canaryop/simkube';

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
  /** Ends it, as SIGTERM does. */
  stop(): Promise<void>;
}

/** A cluster of a test's own, in this process and in virtual time. */
export interface SimulatedCluster {
  readonly env: VirtualEnv;
  /** Synchronous access as an administrator. */
  readonly api: Loopback;
  /** Starts the operator as its own ServiceAccount, which may do what follows from the declarations and nothing else. */
  start(): OperatorLife;
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
 * and roles installed: for a story of a test's own. An hour takes a moment, and no test waits in real time. What goes wrong
 * in a cluster, `simulate` finds.
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
    start: () => {
      const life = live(env, cluster, operator);
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

function live(env: VirtualEnv, { server }: Cluster, operator: OperatorUnderTest): OperatorLife {
  const writes: string[] = [];
  const transport = noting(server.transport(serviceAccountUser(account.namespace, account.name)), writes);
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
    stop: async () => {
      stop.abort();
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
