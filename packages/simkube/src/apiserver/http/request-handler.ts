import { authenticate } from '../authn/authenticate.ts';
import { impersonate } from '../authn/impersonate.ts';
import type { UserInfo } from '../authn/user-info.ts';
import { authorize } from '../rbac/forbidden-access.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { pageNotFound } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { BoundResources } from '../webhooks/conversion/bound-resource.ts';
import { AwaitingAnswers, OutgoingCalls } from '../webhooks/outgoing-calls.ts';
import { objectFormat } from './accept.ts';
import type { ApiRequest, ApiResponse } from './api-request.ts';
import { readBody } from './body.ts';
import type { Representation } from './representation.ts';
import { handleNonResource } from './non-resource-requests.ts';
import type { ServerContext } from './request-context.ts';
import { requestInfo, type RequestInfo } from './request-info.ts';
import { refusal, withWarnings } from './respond.ts';
import { handleResource } from './resource-requests.ts';
import { handleSubresource } from './subresource-requests.ts';

/** One line of the audit log: who asked for what, and what came of it. */
export interface RequestRecord {
  readonly user: string;
  readonly verb: string;
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** HTTP status; that of the head for streams. */
  readonly code: number;
  readonly dryRun: boolean;
  /** Decoded; undefined for requests without one. */
  readonly body: unknown;
}

interface Seen {
  user: string;
  body: unknown;
}

/** What is known of a request before it is handled, the same in each run. */
interface About {
  readonly info: RequestInfo;
  readonly identity: UserInfo | undefined;
  readonly seen: Seen;
  readonly calls: OutgoingCalls;
  readonly resources: BoundResources;
}

/** A webhook or two make two or three runs; each change of the object by others makes some more. */
const maxRuns = 200;

/**
 * Answers requests: authentication (unless `identity` is known), impersonation, authorization, then the handler.
 * Never throws or rejects: a refusal is a response. The answer is there at once, unless other servers have to be asked.
 */
export class RequestHandler {
  readonly #context: ServerContext;
  readonly #onRequest: ((record: RequestRecord) => void) | undefined;

  constructor(context: ServerContext, onRequest?: (record: RequestRecord) => void) {
    this.#context = context;
    this.#onRequest = onRequest;
  }

  handle(request: ApiRequest, identity?: UserInfo): ApiResponse | Promise<ApiResponse> {
    const info = requestInfo(request);
    const seen: Seen = { user: '', body: undefined };
    const calls = new OutgoingCalls(this.#context.core.env);
    const resources = new BoundResources(calls, this.#context.webhooks);
    const about: About = { info, identity, seen, calls, resources };
    const answer = this.#answer(request, about);
    if (answer instanceof AwaitingAnswers) return this.#answerLater(request, about, answer);
    this.#record(request, about, answer);
    return answer;
  }

  async #answerLater(request: ApiRequest, about: About, awaiting: AwaitingAnswers): Promise<ApiResponse> {
    await awaiting.answers;
    for (let runs = 1; runs < maxRuns; runs += 1) {
      const answer = this.#answer(request, about);
      if (!(answer instanceof AwaitingAnswers)) {
        this.#record(request, about, answer);
        return answer;
      }
      await answer.answers;
    }
    const message = 'the object changed too often while webhooks were asked about it';
    const answer = refusal(new StatusError({ code: 500, reason: 'InternalError', message }));
    this.#record(request, about, answer);
    return answer;
  }

  #record(request: ApiRequest, { info, seen }: About, response: ApiResponse): void {
    this.#onRequest?.({
      user: seen.user,
      verb: info.verb,
      path: info.path,
      group: info.group,
      resource: info.resource,
      subresource: info.subresource,
      namespace: info.namespace,
      name: info.name,
      code: response.status,
      dryRun: request.query.has('dryRun'),
      body: seen.body,
    });
  }

  #answer(request: ApiRequest, about: About): ApiResponse | AwaitingAnswers {
    const { calls } = about;
    calls.begin();
    try {
      const user = this.#userOf(request, about.identity);
      about.seen.user = user.username;
      authorize(this.#context.authorizer, user, { ...about.info, name: about.info.selectedName });
      if (!about.info.isResource) return handleNonResource(this.#context, request);
      if (!this.#isServed(about.info))
        return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
      const resource = about.resources.of(this.#resourceOf(about.info));
      for (const warning of resource.custom?.warnings ?? []) calls.warn(warning);
      about.seen.body = readBody(request.body, request.headers['content-type']);
      const warn = (message: string): void => calls.warn(message);
      const response = this.#handleResource({ ...about, request, resource, user, body: about.seen.body, warn });
      return withWarnings(response, calls.warnings);
    } catch (error) {
      if (error instanceof AwaitingAnswers) return error;
      if (error instanceof StatusError) return withWarnings(refusal(error), calls.warnings);
      this.#context.core.env.log.error('a request failed inside the API server', {
        path: request.path,
        error: String(error),
      });
      const message = `an internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      return refusal(new StatusError({ code: 500, reason: 'InternalError', message }));
    }
  }

  #userOf(request: ApiRequest, identity: UserInfo | undefined): UserInfo {
    const { tokens, authorizer } = this.#context;
    const user = identity ?? authenticate(request.headers['authorization'], tokens);
    return impersonate(user, request.headers, authorizer);
  }

  #handleResource(request: {
    request: ApiRequest;
    info: RequestInfo;
    resource: ServedResource;
    user: UserInfo;
    body: unknown;
    warn: (message: string) => void;
    calls: OutgoingCalls;
    resources: BoundResources;
  }): ApiResponse {
    const as = this.#representation(request.request);
    // A watch outlives its request, and so goes by the server's own time.
    const { env } = request.info.verb === 'watch' ? this.#context.core : request.calls;
    const context = { ...this.#context, core: { ...this.#context.core, env } };
    const full = { ...request, context, as };
    return request.info.subresource === '' ? handleResource(full) : handleSubresource(full);
  }

  #isServed({ group, version }: RequestInfo): boolean {
    return this.#context.core.registry.all().some((each) => each.group === group && each.version === version);
  }

  #resourceOf(info: RequestInfo): ServedResource {
    const resource = this.#context.core.registry.find(info.group, info.version, info.resource);
    if (resource === undefined || (!resource.namespaced && info.namespace !== undefined)) throw pageNotFound();
    return resource;
  }

  #representation(request: ApiRequest): Representation {
    const format = objectFormat(request.headers['accept']);
    if (format === undefined) {
      throw new StatusError({
        code: 406,
        reason: 'NotAcceptable',
        message: 'only the following media types are accepted: application/json',
      });
    }
    const include = request.query.get('includeObject');
    return {
      format,
      now: this.#context.core.env.clock.now(),
      includeObject: include === 'None' || include === 'Object' ? include : 'Metadata',
    };
  }
}
