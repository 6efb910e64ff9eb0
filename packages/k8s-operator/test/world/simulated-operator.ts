import Operator, {
  type OperatorLogger,
  type OperatorOptions,
  type ResourceEvent,
  type ResourceMeta,
} from '@canaryop/k8s-operator';
import { noCredentials } from '@canaryop/reconcile/client';
import type { Transport } from '@canaryop/reconcile/env';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { virtualEnv, type VirtualTime } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer, serviceAccountUser, type ApiServer, type UserInfo } from '@canaryop/simkube';

import { definition, MyCustomResource, myCustomResource } from '../programs/my-custom-resource.ts';

/** What a handler may do with an event. */
export type Handler = (event: ResourceEvent, operator: TestOperator) => Promise<unknown>;

const silent = (): void => undefined;

/** An operator whose protected methods a test may call. */
export class TestOperator extends Operator {
  readonly #handler: Handler;

  constructor(handler: Handler, options: OperatorOptions, log: string[]) {
    const logger: OperatorLogger = {
      debug: silent,
      info: silent,
      warn: (line) => log.push(line),
      error: (line) => log.push(line),
    };
    super(logger, options);
    this.#handler = handler;
  }

  protected async init(): Promise<void> {
    await this.watchResource('dot-i.com', 'v1', 'mycustomresources', async (event) => {
      await this.#handler(event, this);
    });
  }

  override setResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta | null> {
    return super.setResourceStatus(meta, status);
  }

  override patchResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta | null> {
    return super.patchResourceStatus(meta, status);
  }

  override handleResourceFinalizer(
    event: ResourceEvent,
    finalizer: string,
    deleteAction: (event: ResourceEvent) => Promise<void>,
  ): Promise<boolean> {
    return super.handleResourceFinalizer(event, finalizer, deleteAction);
  }

  override setResourceFinalizers(meta: ResourceMeta, finalizers: string[]): Promise<void> {
    return super.setResourceFinalizers(meta, finalizers);
  }
}

/** An operator of ours on a simulated server, in virtual time. */
export interface SimulatedOperator {
  readonly operator: TestOperator;
  readonly server: ApiServer;
  readonly time: VirtualTime;
  /** `ADDED one`, of each event as it was told. */
  readonly told: readonly string[];
  readonly log: readonly string[];
  /** Writes that left, as method and path. */
  readonly writes: readonly string[];
  /** Answers the next writes with this status. */
  readonly failWrites: (status: number, count: number) => void;
  readonly create: (name: string, metadata?: Partial<KubernetesObject['metadata']>) => MyCustomResource;
  /** Changes the spec. */
  readonly change: (name: string, foo: string) => void;
  readonly read: (name: string) => MyCustomResource | undefined;
  readonly remove: (name: string) => void;
  readonly end: () => Promise<void>;
}

/**
 * Starts one, which has synced when this resolves.
 * @param options.rules what it may do (RBAC). @default everything
 */
export async function simulatedOperator(
  handler: Handler = () => Promise.resolve(),
  { concurrency = 1, rules }: { readonly concurrency?: number; readonly rules?: readonly object[] } = {},
): Promise<SimulatedOperator> {
  const env = virtualEnv();
  const server = createApiServer({ env, definitions: [definition], bootstrapPolicy: rules !== undefined });
  const writes: string[] = [];
  const failure = { status: 0, left: 0 };
  const user = rules === undefined ? adminUser : restrictedUser(server, rules);
  const transport = failing(server.transport(user), writes, failure);
  const told: string[] = [];
  const log: string[] = [];
  const hear: Handler = (event, self) => {
    told.push(`${event.type} ${event.meta.name}`);
    return handler(event, self);
  };
  const connection = { server: 'https://simkube', transport, credentials: noCredentials };
  const operator = new TestOperator(hear, { env, connection, concurrency }, log);
  await operator.start();
  await env.time.advance(100);
  const { loopback } = server;
  const at = (name: string): { readonly namespace: string; readonly name: string } => ({ namespace: 'default', name });
  const read = (name: string): MyCustomResource | undefined => loopback.get(MyCustomResource, at(name));
  return {
    operator,
    server,
    time: env.time,
    told,
    log,
    writes,
    failWrites: (status, left) => Object.assign(failure, { status, left }),
    create: (name, metadata) => {
      const object = myCustomResource(name, 'first');
      return loopback.create(MyCustomResource, { ...object, metadata: { ...object.metadata, ...metadata } });
    },
    change: (name, foo) => {
      const live = read(name);
      if (live !== undefined) loopback.update(MyCustomResource, { ...live, spec: { foo } });
    },
    read,
    remove: (name) => loopback.delete(MyCustomResource, at(name)),
    end: async () => {
      operator.stop();
      await env.time.advance(1000);
      await server.close();
    },
  };
}

function restrictedUser({ loopback }: ApiServer, rules: readonly object[]): UserInfo {
  const metadata = { name: 'operator' };
  const apiGroup = 'rbac.authorization.k8s.io';
  const of = (kind: string) => ({ apiVersion: `${apiGroup}/v1`, kind, metadata });
  const resource = (kind: string) =>
    resourceKind({ group: apiGroup, version: 'v1', kind, plural: `${kind.toLowerCase()}s`, namespaced: false });
  const binding = {
    ...of('ClusterRoleBinding'),
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'operator' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'operator' }],
  };
  loopback.create(resource('ClusterRole'), { ...of('ClusterRole'), rules } as KubernetesObject);
  loopback.create(resource('ClusterRoleBinding'), binding);
  return serviceAccountUser('default', 'operator');
}

function failing(inner: Transport, writes: string[], failure: { readonly status: number; left: number }): Transport {
  return {
    close: () => inner.close(),
    request: (request) => {
      if (request.method === 'GET') return inner.request(request);
      writes.push(`${request.method} ${new URL(request.url).pathname}`);
      if (failure.left === 0) return inner.request(request);
      failure.left -= 1;
      const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: failure.status };
      return Promise.resolve({ status: failure.status, headers: {}, body: chunks(JSON.stringify(status)) });
    },
  };
}

async function* chunks(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}
