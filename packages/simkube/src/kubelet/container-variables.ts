import { valueAt } from '../apiserver/object/api-object.ts';
import type { Loopback } from '../apiserver/loopback.ts';
import {
  configMapKind,
  secretKind,
  type Container,
  type EnvFromSource,
  type EnvVar,
  type KeySelector,
  type Pod,
} from '../kinds/core-v1.ts';

/** The variables of a container, or why it cannot be created (reason CreateContainerConfigError). */
export type Variables =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly message: string };

/** A reference that cannot be resolved and is not optional. */
class UnresolvedReference extends Error {
  override readonly name = 'UnresolvedReference';
}

/** Where references lead to. */
export interface ReferenceContext {
  readonly api: Loopback;
  readonly pod: Pod;
}

/** Resolves `envFrom` and `env`, in that order; `$(NAME)` refers to variables defined before it. */
export function containerVariables(context: ReferenceContext, container: Container): Variables {
  const values = new Map<string, string>();
  try {
    for (const source of container.envFrom ?? []) {
      for (const [key, value] of Object.entries(sourceData(context, source))) {
        values.set(`${source.prefix ?? ''}${key}`, value);
      }
    }
    for (const variable of container.env ?? []) {
      const value = valueOf(context, variable, values);
      if (value !== undefined) values.set(variable.name, value);
    }
    return { ok: true, values: Object.fromEntries(values) };
  } catch (error) {
    if (error instanceof UnresolvedReference) return { ok: false, message: error.message };
    throw error;
  }
}

/** Replaces `$(NAME)` by the variable's value; `$$(NAME)` stands for itself, and so does an unknown name. */
export function expandVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$(\$)?\(([^)]+)\)/g, (whole, escaped: string | undefined, name: string) =>
    escaped === undefined ? (values.get(name) ?? whole) : whole.slice(1),
  );
}

function sourceData(context: ReferenceContext, source: EnvFromSource): Readonly<Record<string, string>> {
  const isSecret = source.secretRef !== undefined;
  return dataOf(context, isSecret ? 'secret' : 'configmap', source.secretRef ?? source.configMapRef) ?? {};
}

function valueOf(context: ReferenceContext, variable: EnvVar, values: ReadonlyMap<string, string>): string | undefined {
  const { valueFrom } = variable;
  if (valueFrom === undefined) return expandVariables(variable.value ?? '', values);
  if (valueFrom.fieldRef !== undefined) return fieldOf(context.pod, valueFrom.fieldRef.fieldPath);
  if (valueFrom.configMapKeyRef !== undefined) return keyOfObject(context, 'configmap', valueFrom.configMapKeyRef);
  if (valueFrom.secretKeyRef !== undefined) return keyOfObject(context, 'secret', valueFrom.secretKeyRef);
  return undefined;
}

function keyOfObject(
  context: ReferenceContext,
  kind: 'configmap' | 'secret',
  selector: KeySelector,
): string | undefined {
  const data = dataOf(context, kind, selector);
  if (data !== undefined && Object.hasOwn(data, selector.key)) return data[selector.key];
  if (selector.optional === true) return undefined;
  const title = kind === 'secret' ? 'Secret' : 'ConfigMap';
  throw new UnresolvedReference(
    `couldn't find key ${selector.key} in ${title} ${context.pod.metadata.namespace}/${selector.name}`,
  );
}

function dataOf(
  { api, pod }: ReferenceContext,
  kind: 'configmap' | 'secret',
  reference: { readonly name?: string; readonly optional?: boolean } | undefined,
): Readonly<Record<string, string>> | undefined {
  const key = { namespace: pod.metadata.namespace ?? '', name: reference?.name ?? '' };
  if (kind === 'configmap') {
    const found = api.get(configMapKind, key);
    if (found !== undefined) return found.data ?? {};
  } else {
    const found = api.get(secretKind, key);
    if (found !== undefined) return decoded(found.data ?? {});
  }
  if (reference?.optional === true) return undefined;
  throw new UnresolvedReference(`${kind} "${key.name}" not found`);
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** The downward API: `metadata.name`, `status.podIP`, `metadata.labels['key']` and the like. */
function fieldOf(pod: Pod, path: string): string | undefined {
  const subscript = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  const [, collection, key] = subscript ?? [];
  const steps = collection === undefined || key === undefined ? path.split('.') : ['metadata', collection, key];
  const value = valueAt(pod, ...steps);
  return typeof value === 'string' ? value : '';
}
