import { readFile } from 'node:fs/promises';

/** What the API server is to write down: a Policy of `audit.k8s.io/v1`. */
export interface AuditPolicy {
  readonly apiVersion: 'audit.k8s.io/v1';
  readonly kind: 'Policy';
  /** Stages that make no event. */
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
  /** The first that matches a request decides. */
  readonly rules: readonly AuditRule[];
}

/** When in a request's life an event is made. A watch has `ResponseStarted` when it begins and `ResponseComplete` when it ends. */
export type AuditStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

/** Which requests are written down, and how much of them. Absent lists match everything. */
export interface AuditRule {
  readonly level: 'None' | 'Metadata' | 'Request' | 'RequestResponse';
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly { readonly group?: string; readonly resources?: readonly string[] }[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly AuditStage[];
}

/** Every request of everyone with its body, once, when it is answered; a watch also when it begins. */
export const requestLevel: AuditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Request' }],
};

/** An event of `audit.k8s.io/v1`: one request, at one stage. */
export interface AuditEvent {
  /** The same at all stages of a request. */
  readonly auditID: string;
  readonly level: AuditRule['level'];
  readonly stage: AuditStage;
  /** Path and query as they were sent. */
  readonly requestURI: string;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the method in lower case for other paths. */
  readonly verb: string;
  readonly user: AuditUser;
  /** Who the user acts as (`kubectl --as`). */
  readonly impersonatedUser?: AuditUser;
  readonly userAgent?: string;
  /** Absent for paths that are no resource, such as `/readyz`. */
  readonly objectRef?: AuditObject;
  readonly responseStatus?: { readonly code: number; readonly reason?: string; readonly message?: string };
  /** From level Request on; of a request with a body. */
  readonly requestObject?: unknown;
  /** At level RequestResponse. */
  readonly responseObject?: unknown;
  /** RFC 3339 with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  /** Among them `authorization.k8s.io/decision` (`allow` or `forbid`) and `authorization.k8s.io/reason`. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Who asked. */
export interface AuditUser {
  readonly username: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}

/** What was asked for. `name` is absent when a collection was, or a create, whose body has it. */
export interface AuditObject {
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly apiGroup?: string;
  readonly apiVersion?: string;
  readonly resourceVersion?: string;
  readonly subresource?: string;
}

/** All events of an audit log, oldest first. The server writes before it answers; a line that it is still writing is left out. */
export async function readAuditLog(path: string): Promise<readonly AuditEvent[]> {
  const text = await readFile(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
}
