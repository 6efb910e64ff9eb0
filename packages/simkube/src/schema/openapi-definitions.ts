import { kubernetesDefinitions } from './generated/kubernetes-definitions.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Marks `metav1.MicroTime`, which OpenAPI can't tell from `metav1.Time`. */
export const microTimeTitle = 'MicroTime';
/** Marks `resource.Quantity`, a string or a number. */
export const quantityTitle = 'Quantity';

/** What `runtime.RawExtension` holds is nobody's business, and changes as a whole. */
const anyValue = { 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-map-type': 'atomic' };

type Mutable = Record<string, unknown>;

/** Names of the definitions that came with the built-in kinds, as in the OpenAPI document. */
export function openApiDefinitionNames(): readonly string[] {
  return Object.keys(kubernetesDefinitions);
}

/**
 * One definition as the OpenAPI document has it, without descriptions: `$ref` holds the bare name of a definition and
 * may have siblings. For serving OpenAPI; walkers take `openApiDefinition`.
 *
 * @throws when the name is not one of `openApiDefinitionNames`.
 */
export function rawOpenApiDefinition(name: string): Readonly<Record<string, unknown>> {
  const text = Object.hasOwn(kubernetesDefinitions, name) ? kubernetesDefinitions[name] : undefined;
  if (text === undefined) throw new Error(`no OpenAPI definition is named ${name}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/**
 * Makes a lookup that gives definitions with every reference followed, each definition built once and shared. A
 * definition that refers to itself (`JSONSchemaProps`) becomes a cycle.
 */
export function openApiDefinition(): (name: string) => StructuralSchema {
  const built = new Map<string, Mutable>();

  function resolved(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const reference = entries.find(([key]) => key === '$ref')?.[1];
    if (typeof reference !== 'string') return Object.fromEntries(entries.map(([key, child]) => [key, resolved(child)]));
    if (entries.length === 1) return lookup(reference);
    return { ...lookup(reference), ...Object.fromEntries(entries.filter(([key]) => key !== '$ref')) };
  }

  function lookup(name: string): Mutable {
    const known = built.get(name);
    if (known !== undefined) return known;
    const node: Mutable = {};
    built.set(name, node);
    if (name.endsWith('.MicroTime')) node.title = microTimeTitle;
    if (name.endsWith('.Quantity')) node.title = quantityTitle;
    for (const [key, child] of Object.entries(rawOpenApiDefinition(name))) node[key] = resolvedEntry(key, child);
    if (name.endsWith('.RawExtension')) Object.assign(node, anyValue);
    return node;
  }

  /** `default` is data and a property may be called `$ref`, as JSONSchemaProps' own is: neither is followed. */
  function resolvedEntry(key: string, child: unknown): unknown {
    if (key === 'default' || key === 'enum') return child;
    if (key !== 'properties' || typeof child !== 'object' || child === null) return resolved(child);
    return Object.fromEntries(Object.entries(child).map(([name, property]) => [name, resolved(property)]));
  }

  return lookup;
}
