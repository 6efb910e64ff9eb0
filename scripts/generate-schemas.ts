/**
 * Writes packages/simkube/src/schema/generated/ from the OpenAPI documents of Go module k8s.io/kubernetes and the
 * CRDs of istio.io/api and of the Gateway API, without descriptions. `--check` writes nothing and fails when the committed files differ.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { bodyDefinitions, builtinResources } from '../packages/simkube/src/schema/builtin-resources.ts';
import { goFields, type ZeroForm } from './go-fields.ts';

const kubernetes = 'k8s.io/kubernetes@v1.36.3';
const istio = 'istio.io/api@v1.31.1';
const gatewayApi = 'sigs.k8s.io/gateway-api@v1.6.3';
const gatewayFiles = ['gatewayclasses', 'gateways', 'httproutes'];
const istioKinds = new Set(['Gateway', 'VirtualService', 'DestinationRule', 'ServiceEntry']);
const generated = join(import.meta.dirname, '../packages/simkube/src/schema/generated');
const refPrefix = '#/components/schemas/';

type Node = Readonly<Record<string, unknown>>;

const folders = new Map<string, string>();

function moduleFolder(module: string): string {
  const folder = folders.get(module) ?? downloaded(module);
  folders.set(module, folder);
  return folder;
}

function downloaded(module: string): string {
  const answer: unknown = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' }));
  if (typeof answer === 'object' && answer !== null && 'Dir' in answer && typeof answer.Dir === 'string')
    return answer.Dir;
  throw new Error(`go mod download ${module} named no folder`);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Go zero values stand in OpenAPI as defaults of every required field; the server sets nothing. */
function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (isNode(value) && Object.keys(value).length === 0);
}

const dropped = new Set(['description', 'x-kubernetes-group-version-kind', 'externalDocs']);

function trimmedEntry(key: string, value: unknown): readonly [string, unknown][] {
  if (dropped.has(key) || (key === 'default' && isZero(value))) return [];
  if (key === 'default') return [[key, value]];
  if (key === 'properties' && isNode(value)) {
    return [[key, Object.fromEntries(Object.entries(value).map(([name, child]) => [name, property(child)]))]];
  }
  if (key === '$ref' && typeof value === 'string') return [[key, value.slice(refPrefix.length)]];
  const reference = key === 'allOf' ? onlyReference(value) : undefined;
  return reference === undefined ? [[key, trimmed(value)]] : Object.entries(trimmed(reference) as Node);
}

/** OpenAPI v3 wraps a reference with siblings into an `allOf` of one. */
function onlyReference(value: unknown): Node | undefined {
  const [first, second]: readonly unknown[] = Array.isArray(value) ? value : [];
  return isNode(first) && '$ref' in first && second === undefined ? first : undefined;
}

/** An embedded Go struct is always there on the wire, if only as `{}`; OpenAPI tells it from a pointer by that default. */
function property(child: unknown): unknown {
  const isStruct = isNode(child) && 'allOf' in child && isNode(child.default) && isZero(child.default);
  return isStruct ? { ...(trimmed(child) as Node), default: {} } : trimmed(child);
}

function trimmed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(trimmed);
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, child]) => trimmedEntry(key, child)));
}

function refsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(refsOf);
  if (!isNode(value)) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === '$ref' && typeof child === 'string' ? [child] : refsOf(child),
  );
}

function openApiDefinitions(): ReadonlyMap<string, unknown> {
  const folder = join(moduleFolder(kubernetes), 'api/openapi-spec/v3');
  const files = new Set(
    builtinResources.map(({ group, version }) =>
      group === '' ? `api__${version}_openapi.json` : `apis__${group}__${version}_openapi.json`,
    ),
  );
  files.add('apis__autoscaling__v1_openapi.json');
  const definitions = new Map<string, unknown>();
  for (const file of files) {
    const document: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const components = isNode(document) && isNode(document.components) ? document.components.schemas : undefined;
    if (!isNode(components)) throw new Error(`${file} has no components.schemas`);
    for (const [name, definition] of Object.entries(components)) definitions.set(name, trimmed(definition));
  }
  return definitions;
}

function reachable(definitions: ReadonlyMap<string, unknown>): readonly [string, unknown][] {
  const wanted = [...builtinResources.map(({ definition }) => definition), ...bodyDefinitions];
  const seen = new Map<string, unknown>();
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (seen.has(name)) continue;
    const definition = definitions.get(name);
    if (definition === undefined) throw new Error(`${kubernetes} has no definition ${name}`);
    seen.set(name, definition);
    wanted.push(...refsOf(definition));
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A CRD without descriptions. Its defaults stay, empty ones too: an API server fills them in. */
function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (!isNode(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !dropped.has(key));
  return Object.fromEntries(
    entries.map(([key, child]) => [
      key,
      key === 'properties' && isNode(child)
        ? Object.fromEntries(Object.entries(child).map(([name, schema]) => [name, withoutTexts(schema)]))
        : withoutTexts(child),
    ]),
  );
}

/** Printer columns keep their descriptions: tables carry them. The oldest version repeats the schema of v1. */
function crdVersion(version: unknown): unknown {
  if (!isNode(version)) return version;
  return { ...(withoutTexts(version) as Node), additionalPrinterColumns: version.additionalPrinterColumns };
}

function istioCrds(): readonly [string, unknown][] {
  const text = readFileSync(join(moduleFolder(istio), 'kubernetes/customresourcedefinitions.gen.yaml'), 'utf8');
  return crdsOf(text, (group, kind) => group === 'networking.istio.io' && istioKinds.has(kind));
}

function gatewayCrds(): readonly [string, unknown][] {
  const folder = join(moduleFolder(gatewayApi), 'config/crd/standard');
  return gatewayFiles.flatMap((name) =>
    crdsOf(readFileSync(join(folder, `gateway.networking.k8s.io_${name}.yaml`), 'utf8'), () => true),
  );
}

function crdsOf(text: string, isWanted: (group: unknown, kind: string) => boolean): [string, unknown][] {
  return parseAllDocuments(text).flatMap((document): [string, unknown][] => {
    const crd: unknown = document.toJS();
    if (!isNode(crd) || !isNode(crd.spec) || !isNode(crd.spec.names)) return [];
    const kind = String(crd.spec.names.kind);
    if (!isWanted(crd.spec.group, kind)) return [];
    const versions: readonly unknown[] = Array.isArray(crd.spec.versions) ? crd.spec.versions : [];
    return [
      [
        kind,
        {
          ...(withoutTexts(crd) as Node),
          spec: { ...(withoutTexts(crd.spec) as Node), versions: versions.map(crdVersion) },
        },
      ],
    ];
  });
}

/** Where Go has the types of an OpenAPI package. */
const goPackages: readonly (readonly [prefix: string, module: string])[] = [
  ['io.k8s.api.', 'k8s.io/api@v0.36.3'],
  ['io.k8s.apimachinery.', 'k8s.io/apimachinery@v0.36.3'],
  ['io.k8s.apiextensions-apiserver.', 'k8s.io/apiextensions-apiserver@v0.36.3'],
];

const goTypes = new Map<string, ReadonlyMap<string, ReadonlyMap<string, ZeroForm>>>();

function goFieldsOf(definition: string): ReadonlyMap<string, ZeroForm> | undefined {
  const found = goPackages.find(([start]) => definition.startsWith(start));
  if (found === undefined) return undefined;
  const path = definition.slice(found[0].length).split('.');
  const folder = join(moduleFolder(found[1]), ...path.slice(0, -1));
  const types = goTypes.get(folder) ?? goFields(folder);
  goTypes.set(folder, types);
  return types.get(path.at(-1) ?? '');
}

const scalars = new Map<unknown, unknown>([
  ['string', ''],
  ['integer', 0],
  ['number', 0],
  ['boolean', false],
  ['array', null],
]);

/**
 * What a Go value without content looks like: a field that is never left out has its zero as default, one that is left
 * out when it is zero is marked. Structs, times and quantities have forms of their own.
 */
function withZeros([name, definition]: readonly [string, unknown]): [string, unknown] {
  const fields = goFieldsOf(name);
  if (fields === undefined || !isNode(definition) || !isNode(definition.properties)) return [name, definition];
  const properties = Object.entries(definition.properties).map(([key, child]): [string, unknown] => [
    key,
    isNode(child) ? withZero(child, fields.get(key)) : child,
  ]);
  return [name, { ...definition, properties: Object.fromEntries(properties) }];
}

function withZero(child: Node, form: ZeroForm | undefined): Node {
  if (form === undefined || form === 'pointer') return child;
  // Go's `omitempty` leaves out no struct, and a time without content is null.
  if (typeof child.$ref === 'string')
    return /\.(?:Micro)?Time$/u.test(child.$ref) ? { ...child, default: null } : child;
  const zero = zeroOf(child);
  if (zero === undefined) return child;
  if (form === 'omitted') return zero === null ? child : { ...child, 'x-go-omitempty': true };
  return child.default === undefined ? { ...child, default: zero } : child;
}

/** Undefined for structs. */
function zeroOf({ type, additionalProperties }: Node): unknown {
  return type === 'object' && additionalProperties !== undefined ? null : scalars.get(type);
}

/** One quoted JSON text per line: small, quick to load, parsed only when asked for, and its differences are readable. */
function moduleText(source: string, exported: string, rows: readonly [string, unknown][]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = rows.map(([name, value]) => `  ${quote(name)}: ${quote(JSON.stringify(value))},`);
  return `// Generated from ${source} by scripts/generate-schemas.ts; do not edit.\nexport const ${exported}: Readonly<Record<string, string>> = {\n${lines.join('\n')}\n};\n`;
}

function main(): void {
  const outputs = {
    'kubernetes-definitions.ts': moduleText(
      kubernetes,
      'kubernetesDefinitions',
      reachable(openApiDefinitions()).map(withZeros),
    ),
    'istio-crds.ts': moduleText(istio, 'istioCrdTexts', istioCrds()),
    'gateway-crds.ts': moduleText(gatewayApi, 'gatewayCrdTexts', gatewayCrds()),
  };
  for (const [file, text] of Object.entries(outputs)) {
    const path = join(generated, file);
    if (!process.argv.includes('--check')) {
      writeFileSync(path, text);
      console.log(`${file}: ${text.length} bytes`);
    } else if (readFileSync(path, 'utf8') !== text) {
      console.error(
        `${file} differs from ${kubernetes}, ${istio} and ${gatewayApi}: run node scripts/generate-schemas.ts and commit`,
      );
      process.exitCode = 1;
    }
  }
}

main();
