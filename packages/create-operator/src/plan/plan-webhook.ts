import { UsageError } from '../usage-error.ts';
import { apiNames, checkVersion, type ApiNames } from './api-names.ts';
import { added, operatorFile, textOf, type ProjectState } from './plan-api.ts';
import type { PlannedFile } from './planned-file.ts';
import { projectFileName, projectText, type Project, type ResourceEntry, type WebhookEntry } from './project-file.ts';
import type { Insertion } from './scaffold-marker.ts';
import { render, type ReadTemplate } from './template.ts';

/** What `create webhook` is asked for. */
export interface WebhookOptions {
  /** Only where a kind's name alone does not say which. */
  readonly group?: string;
  readonly kind: string;
  readonly isValidating: boolean;
  readonly isMutating: boolean;
  /** The older version that is converted to and from the kind's; absent: there is none. */
  readonly spoke?: string;
}

/** One sort of webhook: what PROJECT calls it, its files, and what `src/operator.ts` has of it. */
interface Sort {
  readonly entry: keyof Omit<WebhookEntry, 'webhookVersion'>;
  readonly files: (names: WebhookNames) => Readonly<Record<string, string>>;
  readonly insertions: (names: WebhookNames) => readonly Insertion[];
}

type WebhookNames = ApiNames & { readonly spoke: string };

const defaultKustomization = 'config/default/kustomization.yaml';

const admission = (verb: 'validation' | 'defaulting'): Sort => ({
  entry: verb,
  files: ({ kebab }) => ({
    [`src/webhooks/scaffold-kind-${verb}.ts`]: `src/webhooks/${kebab}-${verb}.ts`,
    [`test/scaffold-kind-${verb}.test.ts`]: `test/${kebab}-${verb}.test.ts`,
  }),
  insertions: ({ camel, kebab }) => {
    const name = `${camel}${verb === 'validation' ? 'Validation' : 'Defaulting'}`;
    return [
      { marker: 'imports', lines: [`import { ${name} } from './webhooks/${kebab}-${verb}.ts';`] },
      { marker: 'admission', lines: [`${name},`] },
    ];
  },
});

const conversion: Sort = {
  entry: 'conversion',
  files: ({ kebab, spoke }) => ({
    'src/api/v98beta98/scaffold-kind.ts': `src/api/${spoke}/${kebab}.ts`,
    'src/api/scaffold-kind-versions.ts': `src/api/${kebab}-versions.ts`,
    'test/scaffold-kind-versions.test.ts': `test/${kebab}-versions.test.ts`,
  }),
  insertions: ({ camel, kebab }) => [
    { marker: 'imports', lines: [`import { ${camel}Versions } from './api/${kebab}-versions.ts';`] },
    { marker: 'conversion', lines: [`${camel}Versions,`] },
  ],
};

/** The files of a kind's webhooks. Throws `UsageError` when there is no such kind, or it has such a webhook already. */
export function planWebhook(
  options: WebhookOptions,
  state: ProjectState,
  readTemplate: ReadTemplate,
): readonly PlannedFile[] {
  const { project } = state;
  const sorts = sortsOf(options);
  const resource = resourceOf(project, options);
  refuseTwice(resource, sorts);
  const { domain, group, version, kind } = resource;
  const api = apiNames({ domain, ...(group === undefined ? {} : { group }), version, kind });
  const { spoke = version } = options;
  if (options.spoke !== undefined) checkSpoke(resource, spoke);
  const names = { ...api, spoke };
  const flags = [resource.api.namespaced ? 'namespaced' : 'cluster'];
  const values = { project: project.projectName, api: names, flags };
  const files = sorts.flatMap((sort) => Object.entries(sort.files(names)));
  return [
    ...files.map(([template, path]) => ({ path, content: render(readTemplate(template), values) })),
    added(
      state,
      operatorFile,
      sorts.flatMap((sort) => sort.insertions(names)),
    ),
    added(state, defaultKustomization, [{ marker: 'resources', lines: ['- ../webhook'] }]),
    {
      path: projectFileName,
      content: projectText(withWebhooks(project, resource, sorts)),
      replaces: textOf(state, projectFileName),
    },
  ];
}

function sortsOf({ isValidating, isMutating, spoke }: WebhookOptions): readonly Sort[] {
  const sorts = [
    ...(isValidating ? [admission('validation')] : []),
    ...(isMutating ? [admission('defaulting')] : []),
    ...(spoke === undefined ? [] : [conversion]),
  ];
  if (sorts.length === 0) {
    throw new UsageError('choose at least one of --validating, --mutating, and --conversion with --spoke VERSION');
  }
  return sorts;
}

function resourceOf({ resources = [] }: Project, { kind, group }: WebhookOptions): ResourceEntry {
  const found = resources.find((entry) => entry.kind === kind && (group === undefined || entry.group === group));
  if (found !== undefined) return found;
  const there = resources.map((entry) => entry.kind).join(', ');
  throw new UsageError(
    `there is no kind ${kind}${group === undefined ? '' : ` of the group ${group}`} in PROJECT` +
      `${there === '' ? '' : `, which has ${there}`}; make it with \`reconcile create api\` first`,
  );
}

function refuseTwice({ kind, webhooks }: ResourceEntry, sorts: readonly Sort[]): void {
  const there = sorts.filter(({ entry }) => webhooks?.[entry] === true).map(({ entry }) => entry);
  if (there.length > 0) throw new UsageError(`${kind} has ${there.join(' and ')} already: see PROJECT`);
}

function checkSpoke({ kind, version }: ResourceEntry, spoke: string): void {
  checkVersion(spoke);
  if (spoke === version) throw new UsageError(`--spoke ${spoke}: ${kind} is of this version; name an older one`);
}

function withWebhooks(project: Project, resource: ResourceEntry, sorts: readonly Sort[]): Project {
  const webhooks: WebhookEntry = {
    ...resource.webhooks,
    ...Object.fromEntries(sorts.map(({ entry }) => [entry, true])),
    webhookVersion: 'v1',
  };
  const resources = (project.resources ?? []).map((entry) => (entry === resource ? { ...entry, webhooks } : entry));
  return { ...project, resources };
}
