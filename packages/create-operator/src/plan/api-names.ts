import { UsageError } from '../usage-error.ts';

/** What `create api` is asked for. */
export interface ApiRequest {
  /** Of the project: `demo.io`. */
  readonly domain: string;
  /** Before the domain: `demo`. Absent: the domain itself is the API group. */
  readonly group?: string;
  readonly version: string;
  readonly kind: string;
}

/** The forms in which the names of an API are written. */
export interface ApiNames extends ApiRequest {
  /** The API group: `demo.demo.io`. */
  readonly apiGroup: string;
  /** `httpRoute`, for HTTPRoute. */
  readonly camel: string;
  /** `http-route`, for HTTPRoute. */
  readonly kebab: string;
}

interface Rule {
  readonly what: string;
  readonly form: string;
  readonly pattern: RegExp;
  readonly maxLength: number;
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;

/** The Service of config/default puts 35 characters behind the name, and a Service may have 63. */
const projectRule: Rule = {
  what: 'project name',
  form: 'lower-case letters, digits and dashes, first a letter, at most 28 characters, such as my-operator',
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/u,
  maxLength: 28,
};
const domainRule: Rule = {
  what: 'domain',
  form: 'a DNS name with a dot that you own, such as example.com',
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/u,
  maxLength: 100,
};
const groupRule: Rule = {
  what: 'group',
  form: 'lower-case letters, digits and dashes, such as apps; the domain is put behind it',
  pattern: dnsLabel,
  maxLength: 63,
};
const versionRule: Rule = {
  what: 'version',
  form: 'v1, v2beta1 or v1alpha3',
  pattern: /^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$/u,
  maxLength: 20,
};
const kindRule: Rule = {
  what: 'kind',
  form: 'singular and UpperCamelCase, letters and digits, at most 40 characters, such as Greeting',
  pattern: /^[A-Z][A-Za-z0-9]*$/u,
  maxLength: 40,
};

/** Kinds whose names scaffolded files use for something else. */
const takenKinds: ReadonlySet<string> = new Set(['ConfigMap', 'Infinity', 'NaN']);
/** The API server takes a group of these only with an approval. */
const protectedDomain = /(?:^|\.)(?:k8s|kubernetes)\.io$/u;

/** Checks the names of a project. Throws `UsageError` with everything that is wrong. */
export function checkProject(name: string, domain: string): void {
  refuse([...problemsOf(projectRule, name), ...problemsOf(domainRule, domain), ...protectedProblems(domain)]);
}

/** The names of an API in all their forms. Throws `UsageError` with everything that is wrong. */
export function apiNames(request: ApiRequest): ApiNames {
  const { domain, group, version, kind } = request;
  refuse([
    ...(group === undefined ? [] : problemsOf(groupRule, group)),
    ...problemsOf(versionRule, version),
    ...problemsOf(kindRule, kind),
    ...(takenKinds.has(kind) ? [`kind ${kind}: the scaffolded files need this name themselves; choose another`] : []),
  ]);
  const kebab = kebabOf(kind);
  const camel = kebab.replaceAll(/-(?<letter>.)/gu, (_match, letter: string) => letter.toUpperCase());
  return { ...request, apiGroup: group === undefined ? domain : `${group}.${domain}`, camel, kebab };
}

/** Throws `UsageError` for what is no version of an API. */
export function checkVersion(version: string): void {
  refuse(problemsOf(versionRule, version));
}

/** `http-route`, for HTTPRoute. */
export function kebabOf(kind: string): string {
  return kind
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/gu, '-')
    .replaceAll(/(?<=[A-Z])(?=[A-Z][a-z])/gu, '-')
    .toLowerCase();
}

function problemsOf({ what, form, pattern, maxLength }: Rule, value: string): readonly string[] {
  return pattern.test(value) && value.length <= maxLength ? [] : [`${what} ${JSON.stringify(value)}: must be ${form}`];
}

function protectedProblems(domain: string): readonly string[] {
  return protectedDomain.test(domain)
    ? [
        `domain ${JSON.stringify(domain)}: groups of k8s.io and kubernetes.io need an approval of Kubernetes; use your own`,
      ]
    : [];
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}
