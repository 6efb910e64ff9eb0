import type { JsonObject } from '../sequence/operation.ts';
import { exchange } from './exchange.ts';
import type { ConformanceServer } from './server.ts';

const group = 'rbac.authorization.k8s.io';
const api = `/apis/${group}/v1`;
const patienceMs = 10_000;
const pauseMs = 3;

/**
 * A real server decides by copies of the rules that trail its writes. A marker that is written after a change, and is
 * seen to be in force, says that the change is, too: each copy follows the order of writes.
 */
export class AccessMarkers {
  readonly #server: ConformanceServer;
  readonly #run: string;
  #count = 0;

  constructor(server: ConformanceServer) {
    this.#server = server;
    // Another run may have used the same server.
    this.#run = String(Math.trunc(server.now()));
  }

  /** Resolves when what was written of `roles`, `rolebindings`, `clusterroles` or `clusterrolebindings` is in force. */
  async settled(resource: string): Promise<void> {
    this.#count += 1;
    const name = `conformance-marker-${this.#run}-${this.#count}`;
    const isCluster = resource.startsWith('cluster');
    const prefix = isCluster ? 'Cluster' : '';
    const path = isCluster ? `${api}/cluster` : `${api}/namespaces/default/`;
    const metadata = { name };
    const rules = [{ apiGroups: [''], resources: ['markers'], verbs: ['get'], resourceNames: [name] }];
    await this.#make(`${path}roles`, { apiVersion: `${group}/v1`, kind: `${prefix}Role`, metadata, rules });
    await this.#make(`${path}rolebindings`, {
      apiVersion: `${group}/v1`,
      kind: `${prefix}RoleBinding`,
      metadata,
      roleRef: { apiGroup: group, kind: `${prefix}Role`, name },
      subjects: [{ apiGroup: group, kind: 'User', name }],
    });
    await this.#untilAllowed(name);
  }

  async #make(path: string, body: JsonObject): Promise<void> {
    const { status, body: answer } = await exchange(this.#server, { method: 'POST', path, body });
    if (status !== 201) throw new Error(`a marker of access is refused: ${JSON.stringify(answer)}`);
  }

  async #untilAllowed(name: string): Promise<void> {
    const end = this.#server.now() + patienceMs;
    const resourceAttributes = { namespace: 'default', resource: 'markers', verb: 'get', name };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: name, resourceAttributes },
    };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    for (;;) {
      const { body: review } = await exchange(this.#server, { method: 'POST', path, body });
      if ((review as { status?: { allowed?: unknown } }).status?.allowed === true) return;
      if (this.#server.now() > end) throw new Error(`${name} is not in force after ${patienceMs} ms`);
      await this.#server.pause(pauseMs);
    }
  }
}
