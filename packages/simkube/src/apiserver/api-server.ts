import type { Env, Transport } from '@canaryop/reconcile/env';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import type { ApiCore } from './api-core.ts';
import { ServiceAccountTokens } from './authn/service-account-tokens.ts';
import type { UserInfo } from './authn/user-info.ts';
import { controllerOptions } from './controllers/controller-write.ts';
import { NamespaceController } from './controllers/namespace-controller.ts';
import { ServiceAccountController } from './controllers/service-account-controller.ts';
import { createCore } from './create-core.ts';
import { DefinitionController } from './definitions/definition-controller.ts';
import { GarbageCollector } from './gc/garbage-collector.ts';
import { admitBody } from './handlers/admit.ts';
import { createObject } from './handlers/create.ts';
import type { ByteStream } from './http/byte-stream.ts';
import { ObjectWriter } from './http/representation.ts';
import type { PodLogs } from './http/request-context.ts';
import { RequestHandler, type RequestRecord } from './http/request-handler.ts';
import { serverTransport } from './http/server-transport.ts';
import { loopbackClient } from './loopback-client.ts';
import type { Loopback } from './loopback.ts';
import type { ApiObject } from './object/api-object.ts';
import { OpenApiDocuments } from './openapi/openapi-documents.ts';
import { Authorizer } from './rbac/authorizer.ts';
import { bootstrapPolicy } from './rbac/bootstrap-policy.ts';
import { RoleAggregation } from './rbac/role-aggregation.ts';
import { WebhookCaller } from './webhooks/webhook-caller.ts';
import type { WebhookOptions } from './webhooks/webhook-place.ts';

/** How a server is made. */
export interface ApiServerOptions {
  readonly env: Env;
  /** Changes of each resource that stay readable for watches and pages (default 4000). */
  readonly history?: number;
  /** How far the cluster's own controllers (garbage collection, namespaces, accounts) trail, in ms (default 20). */
  readonly controllerLagMs?: number;
  /**
   * Whether the ClusterRoles and bindings are there that every cluster starts with. Without them a server is made in a
   * third of the time, for when everybody is `adminUser`. @default true
   */
  readonly bootstrapPolicy?: boolean;
  /** CustomResourceDefinitions that are served from the start. */
  readonly definitions?: readonly KubernetesObject[];
  /** Called after each request that came over a transport or a socket: an audit log for tests. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** Where `kubectl logs` reads; without it the log subresource answers 500. */
  readonly podLogs?: PodLogs;
  /** How its webhooks are reached. @default HTTPS, which finds no Service */
  readonly webhooks?: WebhookOptions;
}

/** An API server, in this process. */
export interface ApiServer {
  readonly core: ApiCore;
  /** Answers requests, for whoever carries them here. */
  readonly handler: RequestHandler;
  /** Synchronous access for what runs inside the cluster, as system:masters. */
  readonly loopback: Loopback;
  /** The same under another field manager. */
  loopbackAs(manager: string): Loopback;
  /**
   * A transport without a socket; the host of its URLs does not matter.
   * @param identity who its requests come from, for instance `adminUser` or `serviceAccountUser(...)`. Without it each
   * request is authenticated by its own Authorization header.
   */
  transport(identity?: UserInfo): Transport;
  /** A token of a ServiceAccount, as TokenRequest issues it (default lifetime one hour). Throws when there is no such account. */
  serviceAccountToken(namespace: string, name: string, expirationSeconds?: number): string;
  /** Forgets all history, so that every watch and page of the past gets 410 (a test's compaction). */
  compact(): void;
  /** Ends every open watch, as a restarting server does; new requests are answered. */
  endWatches(): void;
  /** Stops controllers and ends every watch. */
  close(): Promise<void>;
}

/** The version that `/version` reports. */
export const servedVersion = 'v1.36.3';

const initialNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Makes an API server that lives in this process: no socket, no real timer, nothing to wait for. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const core = createCore(options.env, options.history);
  const controllers = startControllers(core, options);
  core.storage.start();
  const tokens = new ServiceAccountTokens(core.env, core.storage.store('serviceaccounts'));
  const streams = new Set<ByteStream>();
  const webhooks = new WebhookCaller({ env: core.env, services: core.storage.store('services'), ...options.webhooks });
  const handler = new RequestHandler(
    {
      core,
      authorizer: new Authorizer(core.storage),
      tokens,
      writer: new ObjectWriter(),
      documents: new OpenApiDocuments(core.registry, servedVersion),
      streams,
      version: servedVersion,
      podLogs: options.podLogs,
      webhooks,
    },
    options.onRequest,
  );
  const endWatches = (): void => {
    for (const stream of streams) stream.end();
  };
  return {
    core,
    handler,
    loopback: loopbackClient(core),
    loopbackAs: (manager) => loopbackClient(core, { manager }),
    transport: (identity) => serverTransport(handler, identity),
    serviceAccountToken: (namespace, name, expirationSeconds = 3600) =>
      tokens.issueTo(namespace, name, expirationSeconds),
    compact: () => {
      core.storage.compact();
    },
    endWatches,
    close: () => {
      for (const controller of controllers) controller.close();
      endWatches();
      return webhooks.close();
    },
  };
}

/** Starts the cluster's own controllers and makes what every cluster starts with. */
function startControllers(core: ApiCore, options: ApiServerOptions): readonly { close(): void }[] {
  const lagMs = options.controllerLagMs ?? 20;
  const definitions = new DefinitionController(core);
  const aggregation = new RoleAggregation(core);
  const controllers = [
    definitions,
    aggregation,
    new GarbageCollector(core, lagMs),
    new NamespaceController(core, lagMs),
    new ServiceAccountController(core, lagMs),
  ];
  if (options.bootstrapPolicy !== false) {
    for (const object of bootstrapPolicy()) create(core, object);
    aggregation.aggregate();
  }
  for (const name of initialNamespaces) create(core, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const definition of options.definitions ?? []) definitions.establish(create(core, { ...definition }));
  return controllers;
}

function create(core: ApiCore, object: ApiObject): ApiObject {
  const resource = core.registry.findKind(object.apiVersion, object.kind);
  if (resource === undefined) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
  const options = controllerOptions('kube-apiserver');
  const admitted = admitBody(core, resource, object, options);
  return createObject(core, resource, { namespace: object.metadata.namespace, object: admitted, options });
}
