/**
 * What every library is given to read: watch streams as an API server sends them, the same bytes in each run. For each
 * kind a list (ADDED lines and the bookmark that ends it), changes of a version each, and changes of the very version
 * that the list ended with, which a cache decodes and drops.
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { KubernetesObject } from '@canaryop/reconcile/object';

import { cachedConfigMap, cachedPod } from './cached-objects.ts';
import type { MicroSizes } from './micro-figures.ts';

/** The kinds of the fixture, by their resource. */
export const fixtureKinds = { configmaps: cachedConfigMap, pods: cachedPod } as const;

/** One of them. */
export type FixtureResource = keyof typeof fixtureKinds;

/** Writes `<resource>-list.jsonl`, `-changes.jsonl`, `-seen.jsonl` and `sizes.json` into a folder. */
export function writeFixture(folder: string, sizes: MicroSizes): void {
  writeFileSync(join(folder, 'sizes.json'), JSON.stringify(sizes));
  for (const [resource, make] of Object.entries(fixtureKinds)) {
    const object = (index: number, version: number): KubernetesObject =>
      make({
        index: index % sizes.objects,
        version,
        namespace: `namespace-${index % sizes.namespaces}`,
        app: `app-${index % sizes.apps}`,
      });
    const { objects, changes } = sizes;
    const write = (part: string, lines: Iterable<string>): void => {
      writeLines(join(folder, `${resource}-${part}.jsonl`), lines);
    };
    write('list', listLines(object, objects));
    write(
      'changes',
      changeLines(changes, (index) => object(index, objects + 1 + index)),
    );
    const last = changes - 1;
    write(
      'seen',
      changeLines(changes, (index) => object(index, index === last ? objects + 1 : objects)),
    );
  }
}

function* listLines(object: (index: number, version: number) => KubernetesObject, count: number): Iterable<string> {
  for (let index = 0; index < count; index += 1) yield line('ADDED', object(index, index + 1));
  const { apiVersion, kind } = object(0, 0);
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  yield line('BOOKMARK', { apiVersion, kind, metadata: { resourceVersion: String(count), annotations } });
}

function* changeLines(count: number, object: (index: number) => KubernetesObject): Iterable<string> {
  for (let index = 0; index < count; index += 1) yield line('MODIFIED', object(index));
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w');
  for (const text of lines) writeSync(file, text);
  closeSync(file);
}
