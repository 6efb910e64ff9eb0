import { operatorPermissions } from '@canaryop/reconcile/manager';

import { generatedManifests } from '../manifests/generated-manifests.ts';
import { checkProject } from './api-names.ts';
import { packageJson, type LinkedPackage, type Versions } from './package-json.ts';
import type { PlannedFile } from './planned-file.ts';
import { newProject, projectFileName, projectText } from './project-file.ts';
import { render, type ReadTemplate } from './template.ts';

/** What `init` is asked for. */
export interface ProjectRequest {
  readonly name: string;
  readonly domain: string;
  readonly versions: Versions;
  /** Packages that come along as files, because no registry has them. */
  readonly linked?: readonly (LinkedPackage & { readonly content: Uint8Array })[];
}

/** Templates that become files of the same name, but for the underscore that keeps npm from leaving them out. */
const projectFiles = [
  '_dockerignore',
  '_gitignore',
  'Dockerfile',
  'README.md',
  'config/default/kustomization.yaml',
  'config/default/manager_metrics_patch.yaml',
  'config/default/metrics_service.yaml',
  'config/manager/kustomization.yaml',
  'config/prometheus/kustomization.yaml',
  'config/prometheus/monitor.yaml',
  'config/samples/kustomization.yaml',
  'src/main.ts',
  'src/operator.ts',
  'tsconfig.json',
];

/** The files of a new project. Throws `UsageError` for names that Kubernetes would refuse. */
export function planProject(request: ProjectRequest, readTemplate: ReadTemplate): readonly PlannedFile[] {
  const { name, domain, versions, linked = [] } = request;
  checkProject(name, domain);
  const values = { project: name, flags: linked.length === 0 ? [] : ['vendor'] };
  const description = {
    fieldManager: name,
    kinds: [],
    permissions: operatorPermissions([], { lease: name, secureMetrics: true }),
  };
  return [
    ...projectFiles.map((path) => ({ path: path.replace(/^_/u, '.'), content: render(readTemplate(path), values) })),
    { path: projectFileName, content: projectText(newProject(name, domain)) },
    { path: 'package.json', content: packageJson(name, versions, linked) },
    ...linked.map(({ file, content }) => ({ path: `vendor/${file}`, content })),
    ...Object.entries(generatedManifests(description, readTemplate)).map(([path, content]) => ({ path, content })),
  ];
}
