import type { Subject } from './subject.ts';

/** What a query may have in double braces. */
export const placeholders = ['namespace', 'workload', 'service', 'interval'] as const;
type Placeholder = (typeof placeholders)[number];

/** A query with its placeholders filled in, or why that can't be. */
export type Filled = { readonly query: string } | { readonly problem: string };

const form = /\{\{\s*([^{}]*?)\s*\}\}/g;
const longestShown = 32;

/**
 * Fills the placeholders of a query, `{{ name }}`. PromQL itself has double braces nowhere, so that a text cannot be
 * mistaken for one.
 * @param intervalSeconds what `{{ interval }}` stands for
 */
export function fillPlaceholders(template: string, subject: Subject, intervalSeconds: number): Filled {
  const values: Readonly<Record<Placeholder, string | undefined>> = {
    namespace: subject.namespace,
    workload: subject.workload,
    service: subject.service,
    interval: `${intervalSeconds}s`,
  };
  const names = [...template.matchAll(form)].map(([, name = '']) => name);
  const unknown = names.find((name) => !isPlaceholder(name));
  if (unknown !== undefined) {
    const shown = unknown.slice(0, longestShown);
    return { problem: `the query has an unknown placeholder {{ ${shown} }}; known are ${placeholders.join(', ')}` };
  }
  if (names.includes('workload') && subject.workload === undefined) {
    return { problem: 'the query has the placeholder {{ workload }}, and the target is a Service; use {{ service }}' };
  }
  const query = template.replaceAll(form, (_all, name: string) => (isPlaceholder(name) ? (values[name] ?? '') : ''));
  return query.includes('{{') ? { problem: 'the query has {{ without }}' } : { query };
}

/** Whether a query asks about one side of the release at all, so that it can be asked about the other. */
export function namesSubject(template: string): boolean {
  return [...template.matchAll(form)].some(([, name]) => name === 'workload' || name === 'service');
}

function isPlaceholder(name: string): name is Placeholder {
  return placeholders.some((known) => known === name);
}
