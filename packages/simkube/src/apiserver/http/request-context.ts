import type { ApiCore } from '../api-core.ts';
import type { ServiceAccountTokens } from '../authn/service-account-tokens.ts';
import type { UserInfo } from '../authn/user-info.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { OpenApiDocuments } from '../openapi/openapi-documents.ts';
import type { Authorizer } from '../rbac/authorizer.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { BoundResources } from '../webhooks/conversion/bound-resource.ts';
import type { OutgoingCalls } from '../webhooks/outgoing-calls.ts';
import type { WebhookCaller } from '../webhooks/webhook-caller.ts';
import type { ApiRequest } from './api-request.ts';
import type { ByteStream } from './byte-stream.ts';
import type { ObjectWriter, Representation } from './representation.ts';
import type { RequestInfo } from './request-info.ts';

/** What the reader of a pod's log wants (`v1.PodLogOptions`). */
export interface PodLogOptions {
  /** Absent: the only container. */
  readonly container?: string;
  /** Go on as lines come. */
  readonly follow: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly timestamps: boolean;
  /** The log of the container's last incarnation. */
  readonly previous: boolean;
}

/** Gives a pod's log, piece by piece. Ending the iteration stops following. */
export type PodLogs = (pod: ApiObject, options: PodLogOptions) => AsyncIterable<string>;

/** What answers requests, the same for all of them. */
export interface ServerContext {
  readonly core: ApiCore;
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
  readonly writer: ObjectWriter;
  readonly documents: OpenApiDocuments;
  readonly streams: Set<ByteStream>;
  /** `v1.36.3`. */
  readonly version: string;
  readonly podLogs: PodLogs | undefined;
  readonly webhooks: WebhookCaller;
}

/** One request on its way through the server, after authentication and authorization. */
export interface ResourceRequest {
  readonly context: ServerContext;
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly resource: ServedResource;
  readonly user: UserInfo;
  readonly as: Representation;
  /** The decoded body; undefined when there is none. */
  readonly body: unknown;
  readonly warn: (message: string) => void;
  /** What other servers have answered to it so far. */
  readonly calls: OutgoingCalls;
  /** Resources with the conversions that it can wait for; its own is one of them. */
  readonly resources: BoundResources;
}
