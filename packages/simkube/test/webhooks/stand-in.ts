import type { Transport } from '@canaryop/reconcile/env';

/** `request` of an AdmissionReview or a ConversionReview, as a webhook reads it. */
export interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly subResource?: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly requestKind: { readonly version: string };
  readonly object: Record<string, unknown> | null;
  readonly oldObject: Record<string, unknown> | null;
  readonly dryRun: boolean;
  readonly options: Record<string, unknown>;
  readonly userInfo: { readonly username: string; readonly groups: readonly string[] };
  readonly objects: readonly Record<string, unknown>[];
  readonly desiredAPIVersion: string;
}

/** Answers a review with the `response`, whose uid is filled in, or with a promise of it. */
export type Answer = (request: ReviewRequest) => object | Promise<object>;

/** Webhooks in this process, reached by the path of their URL, without a socket. */
export class WebhookStandIn {
  /** What each was asked, in order. */
  readonly asked: { readonly path: string; readonly request: ReviewRequest }[] = [];
  /** The addresses that were called. */
  readonly urls: string[] = [];
  /** The bundles that were trusted. */
  readonly trusted: (string | undefined)[] = [];
  readonly #answers = new Map<string, Answer>();

  on(path: string, answer: Answer): this {
    this.#answers.set(path, answer);
    return this;
  }

  /** Paths that were asked, in order. */
  get paths(): readonly string[] {
    return this.asked.map(({ path }) => path);
  }

  readonly transport = (caPem: string | undefined): Transport => {
    this.trusted.push(caPem);
    return {
      request: async ({ url, body }) => {
        this.urls.push(url);
        const { pathname } = new URL(url);
        const review = JSON.parse(String(body)) as { request: ReviewRequest; apiVersion: string; kind: string };
        this.asked.push({ path: pathname, request: review.request });
        const answer = this.#answers.get(pathname);
        if (answer === undefined)
          throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });
        const response = await answer(review.request);
        const { apiVersion, kind } = review;
        const text = JSON.stringify({ apiVersion, kind, response: { uid: review.request.uid, ...response } });
        return { status: 200, headers: { 'content-type': 'application/json' }, body: chunks(text) };
      },
      close: () => Promise.resolve(),
    };
  };
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A response that lets the request pass, changed by a JSON patch. */
export function patched(...operations: readonly object[]): object {
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { allowed: true, patchType: 'JSONPatch', patch };
}

const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] };

/** A webhook of a configuration: about everything unless told otherwise, at the path of its name. */
export function webhook(name: string, fields: object = {}): object {
  return {
    name: `${name}.example.com`,
    clientConfig: { url: `https://hooks.example/${name}` },
    rules: [everything],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...fields,
  };
}

/** A rule of a webhook. */
export const rule = (operation: string, resource: string, fields: object = {}): object => ({
  ...everything,
  operations: [operation],
  resources: [resource],
  ...fields,
});

/** A configuration of one sort. */
export function configuration(sort: 'Mutating' | 'Validating', name: string, webhooks: readonly object[]): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${sort}WebhookConfiguration`,
    metadata: { name },
    webhooks,
  };
}
