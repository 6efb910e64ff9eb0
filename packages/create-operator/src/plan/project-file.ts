import { parse, stringify } from 'yaml';

import { UsageError } from '../usage-error.ts';
import type { ApiNames } from './api-names.ts';

/** Which webhooks of a kind were scaffolded. */
export interface WebhookEntry {
  readonly validation?: boolean;
  readonly defaulting?: boolean;
  readonly conversion?: boolean;
  readonly webhookVersion: 'v1';
}

/** One API, in kubebuilder's words. */
export interface ResourceEntry {
  readonly api: { readonly crdVersion: 'v1'; readonly namespaced: boolean };
  readonly controller?: true;
  readonly domain: string;
  readonly group?: string;
  readonly kind: string;
  readonly path: string;
  readonly version: string;
  readonly webhooks?: WebhookEntry;
}

/** What was scaffolded: the file PROJECT, in kubebuilder's form. */
export interface Project {
  readonly domain: string;
  readonly layout: readonly string[];
  readonly projectName: string;
  readonly resources?: readonly ResourceEntry[];
  readonly version: '3';
}

/** Name of the file, at the project's root. */
export const projectFileName = 'PROJECT';
const layout = 'reconcile.canaryop/v1';
const header = '# Written by `reconcile`: what it has scaffolded. Edit it only when you move something.\n';

/** A project with nothing in it yet. */
export function newProject(projectName: string, domain: string): Project {
  return { domain, layout: [layout], projectName, version: '3' };
}

/** The text of PROJECT. */
export function projectText(project: Project): string {
  return header + stringify(project, { lineWidth: 0, sortMapEntries: true });
}

/** What PROJECT says. Throws `UsageError` when it is not one of ours. */
export function parseProject(text: string): Project {
  const project: unknown = parse(text);
  if (!isProject(project)) {
    throw new UsageError(
      `PROJECT has no domain, projectName or layout ${layout}: this is not a project of \`reconcile init\``,
    );
  }
  return project;
}

function isProject(value: unknown): value is Project {
  if (typeof value !== 'object' || value === null) return false;
  const { domain, projectName, layout: layouts } = value as Readonly<Record<string, unknown>>;
  const isOurs = Array.isArray(layouts) && layouts.includes(layout);
  return typeof domain === 'string' && typeof projectName === 'string' && isOurs;
}

/** The entry of an API; undefined when it is not there. */
export function findResource(project: Project, { group, version, kind }: ApiNames): ResourceEntry | undefined {
  return project.resources?.find((entry) => entry.kind === kind && entry.version === version && entry.group === group);
}
