import type { Env } from '@canaryop/reconcile/env';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import type { ApiCore } from './api-core.ts';
import { NamespaceController } from './controllers/namespace-controller.ts';
import { ServiceAccountController } from './controllers/service-account-controller.ts';
import { controllerOptions } from './controllers/controller-write.ts';
import { createCore } from './create-core.ts';
import { DefinitionController } from './definitions/definition-controller.ts';
import { GarbageCollector } from './gc/garbage-collector.ts';
import { admitBody } from './handlers/admit.ts';
import { createObject } from './handlers/create.ts';
import { loopbackClient } from './loopback-client.ts';
import type { Loopback } from './loopback.ts';
import type { ApiObject } from './object/api-object.ts';

/** How a server is made. */
export interface ApiServerOptions {
  readonly env: Env;
  /** Changes of each resource that stay readable for watches and pages (default 4000). */
  readonly history?: number;
  /** How far the cluster's own controllers (garbage collection, namespaces, accounts) trail, in ms (default 20). */
  readonly controllerLagMs?: number;
  /** CustomResourceDefinitions that are served from the start. */
  readonly definitions?: readonly KubernetesObject[];
}

/** A running API server, in this process. */
export interface ApiServer {
  readonly core: ApiCore;
  /** Synchronous access for what runs inside the cluster, as system:masters. */
  readonly loopback: Loopback;
  /** The same under another field manager. */
  loopbackAs(manager: string): Loopback;
  /** Stops controllers and ends every watch. */
  close(): Promise<void>;
}

const initialNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Makes an API server that lives in this process: no socket, no real timer, nothing to wait for. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const core = createCore(options.env, options.history);
  const lagMs = options.controllerLagMs ?? 20;
  const definitions = new DefinitionController(core);
  const controllers = [
    definitions,
    new GarbageCollector(core, lagMs),
    new NamespaceController(core, lagMs),
    new ServiceAccountController(core, lagMs),
  ];
  for (const name of initialNamespaces) create(core, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const definition of options.definitions ?? []) definitions.establish(create(core, { ...definition }));
  return {
    core,
    loopback: loopbackClient(core),
    loopbackAs: (manager) => loopbackClient(core, { manager }),
    close: () => {
      for (const controller of controllers) controller.close();
      return Promise.resolve();
    },
  };
}

function create(core: ApiCore, object: ApiObject): ApiObject {
  const resource = core.registry.findKind(object.apiVersion, object.kind);
  if (resource === undefined) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
  const options = controllerOptions('kube-apiserver');
  const admitted = admitBody(core, resource, object, options);
  return createObject(core, resource, { namespace: object.metadata.namespace, object: admitted, options });
}
