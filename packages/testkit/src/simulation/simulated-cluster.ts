import { createClient, noCredentials } from '@canaryop/reconcile/client';
import { sleep } from '@canaryop/reconcile/env';
import { keyText, present, resourceKind, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';
import type { VirtualEnv } from '@canaryop/reconcile/testing';
import {
  adminUser,
  createApiServer,
  createCluster,
  type ApiServer,
  type RequestRecord,
  type World,
} from '@canaryop/simkube';

import { touchedAnnotation } from './fixed-point.ts';
import { isOfAccount } from './operator-account.ts';
import type { SimulatedCluster, Story } from './story.ts';

/** An API server, and perhaps a world around it, with what a story gives. */
export interface Surroundings {
  readonly server: ApiServer;
  readonly world: World | undefined;
  /** What a story and its faults add to the cluster, in the order in which it was stored. */
  objects(): readonly KubernetesObject[];
  /** Changes an annotation of the object that a path names, if it exists. */
  touch(path: string): void;
  stop(): Promise<void>;
}

const isDefinition = ({ kind }: KubernetesObject): boolean => kind === 'CustomResourceDefinition';

/** Of every simulation, and different in every run. */
const uncompared = new Set(['Event', 'Lease', 'CustomResourceDefinition']);

/**
 * Starts a cluster with the objects of a story in it.
 * @param onRefused told what the operator asked for and may not do
 */
export function startSurroundings(
  env: VirtualEnv,
  { given, options }: Story,
  onRefused: (what: string) => void,
): Surroundings {
  const apiServer = {
    definitions: given.filter(isDefinition),
    bootstrapPolicy: false,
    onRequest: (record: RequestRecord) => {
      if (record.code === 403 && !isTerminating(server, record)) onRefused(`${record.verb} ${record.path}`);
    },
  };
  const cluster = options.cluster && createCluster({ istio: false, ...options.cluster, env, apiServer });
  const server = cluster?.server ?? createApiServer({ env, ...apiServer });
  const own = new Set(stored(server).map(({ metadata }) => metadata.uid));
  for (const object of given) if (!isDefinition(object)) create(server, object);
  let touches = 0;
  return {
    server,
    world: cluster?.world,
    objects: () => stored(server).filter((object) => !isUncompared(object) && !own.has(object.metadata.uid)),
    touch: (path) => {
      touches += 1;
      touch(server, path, touches);
    },
    stop: () => (cluster ?? { stop: () => server.close() }).stop(),
  };
}

function isUncompared(object: KubernetesObject): boolean {
  return uncompared.has(object.kind) || isOfAccount(object);
}

/** A namespace that goes refuses what is new to everybody. */
function isTerminating({ loopback }: ApiServer, { namespace }: RequestRecord): boolean {
  const live = namespace === undefined ? undefined : loopback.get(namespaceKind, { name: namespace });
  return live?.metadata.deletionTimestamp !== undefined;
}

function stored({ core }: ApiServer): readonly KubernetesObject[] {
  return core.registry.stored().flatMap(({ store }) => store.list());
}

/** Namespaces come with what is in them, and a status with the object that has it. */
function create({ core, loopback }: ApiServer, object: KubernetesObject): void {
  const { apiVersion, kind, metadata } = object;
  const resource = core.registry.findKind(apiVersion, kind);
  if (resource === undefined)
    throw new Error(`given: ${kind} ${metadata.name}: ${apiVersion} ${kind} is not served; give its CRD too`);
  const { namespace } = metadata;
  if (namespace !== undefined && loopback.get(namespaceKind, { name: namespace }) === undefined)
    loopback.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const created = loopback.create(kindOf(resource), object);
  if ('status' in object && resource.subresources.status === true)
    loopback.updateStatus(kindOf(resource), { ...created, status: object.status } as KubernetesObject);
}

const namespaceKind = resourceKind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
});

/** The names of a served resource, and nothing else of it. */
function kindOf({
  group,
  version,
  kind,
  plural,
  namespaced,
}: ReturnType<ApiServer['core']['registry']['all']>[number]): ResourceKind {
  return resourceKind({ group, version, kind, plural, namespaced });
}

const objectPath =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)\/(?<name>[^/]+)/u;

function touch({ core, loopback }: ApiServer, path: string, count: number): void {
  const { group = '', version = '', namespace, plural = '', name = '' } = objectPath.exec(path)?.groups ?? {};
  const resource = core.registry.find(group, version, plural);
  if (resource === undefined) return;
  const kind = kindOf(resource);
  const live = loopback.get(kind, { name: decodeURIComponent(name), ...present({ namespace }) });
  if (live === undefined) return;
  const annotations = { ...live.metadata.annotations, [touchedAnnotation]: String(count) };
  loopback.update(kind, { ...live, metadata: { ...live.metadata, annotations } });
}

/** A story's user. `lastRequestMs`: when the operator asked for something last. */
export function userOf(env: VirtualEnv, server: ApiServer, lastRequestMs: () => number): SimulatedCluster {
  const loopback = server.loopbackAs('kubectl');
  const connection = { server: 'https://simkube', transport: server.transport(adminUser), credentials: noCredentials };
  const wait = (milliseconds: number): Promise<void> => sleep(env.timers, milliseconds);
  return {
    client: createClient({ env, connection, fieldManager: 'kubectl' }),
    get: (kind, key) => loopback.get(kind, key),
    list: (kind, namespace) => loopback.list(kind, namespace === undefined ? {} : { namespace }),
    create: (kind, object) => loopback.create(kind, object),
    edit(kind, key, change) {
      const live = loopback.get(kind, key);
      if (live === undefined) throw new Error(`there is no ${kind.kind} ${keyText(key)} to edit`);
      return loopback.update(kind, change(live));
    },
    delete(kind: ResourceKind, key) {
      if (loopback.get(kind, key) !== undefined) loopback.delete(kind, key);
    },
    wait,
    until: async (condition) => {
      while (!condition()) await wait(pollMs);
    },
    quiet: async () => {
      const sinceMs = env.clock.now();
      const leftMs = (): number => Math.max(lastRequestMs(), sinceMs) + quietMs - env.clock.now();
      while (leftMs() > 0) await wait(leftMs());
    },
  };
}

const pollMs = 50;
const quietMs = 10_000;
