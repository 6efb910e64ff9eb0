import { UsageError } from '../usage-error.ts';
import { apiNames, type ApiNames } from './api-names.ts';
import type { PlannedFile } from './planned-file.ts';
import { findResource, projectFileName, projectText, type Project, type ResourceEntry } from './project-file.ts';
import { insertAtMarkers } from './scaffold-marker.ts';
import { render, type ReadTemplate } from './template.ts';

/** What `create api` is asked for. */
export interface ApiOptions {
  readonly group?: string;
  readonly version: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly hasController: boolean;
  readonly hasFinalizer: boolean;
}

/** Files of a project that a plan adds to, as they are. */
export interface ProjectState {
  readonly project: Project;
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** Files that plans add to. */
export const operatorFile = 'src/operator.ts';
export const samplesFile = 'config/samples/kustomization.yaml';

/** The files of a new API. Throws `UsageError` for names that Kubernetes would refuse, and for one that is there. */
export function planApi(options: ApiOptions, state: ProjectState, readTemplate: ReadTemplate): readonly PlannedFile[] {
  const { project } = state;
  const { group, version, kind, isNamespaced, hasController, hasFinalizer } = options;
  const api = apiNames({ domain: project.domain, ...(group === undefined ? {} : { group }), version, kind });
  refuseTaken(project, api);
  const values = { project: project.projectName, api, flags: [isNamespaced ? 'namespaced' : 'cluster'] };
  const from = (template: string, path: string): PlannedFile => ({
    path,
    content: render(readTemplate(template), values),
  });
  const apiFile = `src/api/${version}/${api.kebab}.ts`;
  const sample = `${group ?? project.domain}_${version}_${kind.toLowerCase()}.yaml`;
  const controllerTemplate = hasFinalizer ? 'scaffold-kind-with-finalizer' : 'scaffold-kind';
  return [
    from('src/api/v99beta99/scaffold-kind.ts', apiFile),
    from('config/samples/sample.yaml', `config/samples/${sample}`),
    ...(hasController
      ? [
          from(`src/controllers/${controllerTemplate}.ts`, `src/controllers/${api.kebab}.ts`),
          from('test/scaffold-kind.test.ts', `test/${api.kebab}.test.ts`),
        ]
      : []),
    added(state, samplesFile, [{ marker: 'samples', lines: [`- ${sample}`] }]),
    added(state, operatorFile, registration(api, hasController)),
    {
      path: projectFileName,
      content: projectText(withResource(project, entryOf(api, apiFile, { isNamespaced, hasController }))),
      replaces: textOf(state, projectFileName),
    },
  ];
}

/** A kind is one definition, in one group: two could not share its file, nor its roles. */
function refuseTaken(project: Project, api: ApiNames): void {
  if (findResource(project, api) !== undefined) {
    throw new UsageError(`${api.kind} of ${api.apiGroup}/${api.version} is there already: see PROJECT`);
  }
  const same = project.resources?.find(({ kind }) => kind === api.kind);
  if (same === undefined) return;
  throw new UsageError(
    `there is a ${api.kind} already, at ${same.path}; another group or version of a kind is not scaffolded: ` +
      'choose another kind, or write it beside that one',
  );
}

function registration({ kind, camel, kebab, version }: ApiNames, hasController: boolean) {
  return [
    {
      marker: 'imports',
      lines: [
        `import { ${kind} } from './api/${version}/${kebab}.ts';`,
        ...(hasController ? [`import { ${camel}Controller } from './controllers/${kebab}.ts';`] : []),
      ],
    },
    { marker: 'kinds', lines: [`${kind},`] },
    ...(hasController ? [{ marker: 'controllers', lines: [`${camel}Controller,`] }] : []),
  ];
}

function entryOf(
  { domain, group, kind, version }: ApiNames,
  path: string,
  { isNamespaced, hasController }: Pick<ApiOptions, 'isNamespaced' | 'hasController'>,
): ResourceEntry {
  return {
    api: { crdVersion: 'v1', namespaced: isNamespaced },
    ...(hasController ? { controller: true } : {}),
    domain,
    ...(group === undefined ? {} : { group }),
    kind,
    path,
    version,
  };
}

function withResource(project: Project, entry: ResourceEntry): Project {
  return { ...project, resources: [...(project.resources ?? []), entry] };
}

/** A file of the project with lines added at its markers. */
export function added(
  state: ProjectState,
  path: string,
  insertions: Parameters<typeof insertAtMarkers>[2],
): PlannedFile {
  const text = textOf(state, path);
  return { path, content: insertAtMarkers(path, text, insertions), replaces: text };
}

/** A file that the project must have. */
export function textOf({ files }: ProjectState, path: string): string {
  const text = files[path];
  if (text === undefined) throw new UsageError(`there is no ${path}: put it back, as \`reconcile init\` wrote it`);
  return text;
}
