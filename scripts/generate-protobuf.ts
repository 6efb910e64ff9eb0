/**
 * Writes packages/simkube/src/apiserver/protobuf/generated/ from the Go types of k8s.io/api and k8s.io/apimachinery:
 * which protobuf field is which JSON field, for the kinds that simkube serves. kubectl sends protobuf where it uses
 * typed clients (`kubectl create`). `--check` writes nothing and fails when the committed file differs.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtinResources } from '../packages/simkube/src/schema/builtin-resources.ts';

const version = 'v0.36.3';
const output = join(import.meta.dirname, '../packages/simkube/src/apiserver/protobuf/generated/protobuf-messages.ts');

const sources: Readonly<Record<string, readonly [module: string, folder: string]>> = {
  meta: ['k8s.io/apimachinery', 'pkg/apis/meta/v1'],
  core: ['k8s.io/api', 'core/v1'],
  apps: ['k8s.io/api', 'apps/v1'],
  authentication: ['k8s.io/api', 'authentication/v1'],
  authorization: ['k8s.io/api', 'authorization/v1'],
  autoscalingv1: ['k8s.io/api', 'autoscaling/v1'],
  autoscaling: ['k8s.io/api', 'autoscaling/v2'],
  batch: ['k8s.io/api', 'batch/v1'],
  coordination: ['k8s.io/api', 'coordination/v1'],
  discovery: ['k8s.io/api', 'discovery/v1'],
  events: ['k8s.io/api', 'events/v1'],
  networking: ['k8s.io/api', 'networking/v1'],
  policy: ['k8s.io/api', 'policy/v1'],
  rbac: ['k8s.io/api', 'rbac/v1'],
};

/** Go package qualifier -> our name of the package. */
const qualifiers: Readonly<Record<string, string>> = { metav1: 'meta', v1: 'core', corev1: 'core' };

/** Types with a JSON form of their own. */
const special: Readonly<Record<string, string>> = {
  string: 's',
  'types.UID': 's',
  int32: 'i',
  int64: 'i',
  int: 'i',
  bool: 'b',
  float64: 'd',
  byte: 'y',
  'metav1.Time': 'T',
  'meta.Time': 'T',
  'metav1.MicroTime': 'M',
  'meta.MicroTime': 'M',
  'resource.Quantity': 'Q',
  'intstr.IntOrString': 'I',
  'runtime.RawExtension': 'R',
  'meta.FieldsV1': 'R',
};

interface Message {
  readonly fields: readonly { readonly json: string; readonly number: string; readonly type: string }[];
}

const structPattern = /^type (?<name>\w+) struct \{\n(?<body>[\s\S]*?)^\}/gmu;
const aliasPattern = /^(?:type |\t)(?<name>[A-Z]\w+) (?<type>string|int32|int64|map\[\S+\]\S+|\[\]\w+)$/gmu;
const fieldPattern =
  /^\t(?:\w+\s+)?(?<type>[*[\]\w.]+)\s+`json:"(?<json>[^"]*)"[^`\n]*? protobuf:"\w+,(?<number>\d+),/gmu;

function moduleFolder(module: string): string {
  const answer = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8' }),
  ) as { Dir: string };
  return answer.Dir;
}

const aliases = new Map<string, string>();
const messages = new Map<string, Message>();

function read(pack: string, folder: string): void {
  const text = readFileSync(join(folder, 'types.go'), 'utf8');
  for (const { groups } of text.matchAll(aliasPattern)) {
    aliases.set(`${pack}.${groups?.['name'] ?? ''}`, groups?.['type'] ?? '');
  }
  for (const { groups } of text.matchAll(structPattern)) {
    const fields = [...(groups?.['body'] ?? '').matchAll(fieldPattern)].map((match) => {
      const { type = '', json = '', number = '' } = match.groups ?? {};
      return { json: json.split(',')[0] ?? '', number, type: typeCode(pack, type) };
    });
    messages.set(`${pack}.${groups?.['name'] ?? ''}`, { fields });
  }
}

/** `[]` list, `{}` map by string, `*` pointer, then a letter or a message. */
function typeCode(pack: string, type: string): string {
  if (type === '[]byte') return 'y';
  if (type.startsWith('[]')) return `[]${typeCode(pack, type.slice(2))}`;
  if (type.startsWith('*')) return `*${typeCode(pack, type.slice(1))}`;
  if (type.startsWith('map[')) return `{}${typeCode(pack, type.slice(type.indexOf(']') + 1))}`;
  const name = qualified(pack, type);
  const known = special[type] ?? special[name];
  return known ?? name;
}

function qualified(pack: string, type: string): string {
  const [qualifier, name] = type.split('.');
  if (name === undefined) return `${pack}.${type}`;
  return `${qualifiers[qualifier ?? ''] ?? qualifier ?? ''}.${name}`;
}

function resolved(code: string): string {
  const [, prefix = '', name = ''] = /^((?:\[\]|\{\}|\*)*)(.*)$/u.exec(code) ?? [];
  const alias = aliases.get(name);
  if (alias === undefined) return code;
  return prefix + resolved(typeCode(name.split('.')[0] ?? '', alias));
}

for (const [pack, [module, folder]] of Object.entries(sources)) read(pack, join(moduleFolder(module), folder));

const packageOf = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));
const roots = new Map(
  builtinResources
    .map(({ group, version: served, kind }): [string, string] => [
      `${group}/${served}/${kind}`,
      `${packageOf(group)}.${kind}`,
    ])
    .filter(([, message]) => messages.has(message)),
);
roots.set('authentication.k8s.io/v1/TokenRequest', 'authentication.TokenRequest');
roots.set('autoscaling/v1/Scale', 'autoscalingv1.Scale');
roots.set('policy/v1/Eviction', 'policy.Eviction');
roots.set('/v1/Binding', 'core.Binding');
roots.set('/v1/DeleteOptions', 'meta.DeleteOptions');

const reached = new Map<string, string>();
const waiting = [...roots.values()];
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  const message = messages.get(name);
  if (reached.has(name)) continue;
  if (message === undefined) throw new Error(`the Go types have no struct ${name}`);
  const fields = message.fields.map(({ json, number, type }) => {
    const code = resolved(type);
    const bare = code.replace(/^(?:\[\]|\{\}|\*)*/u, '');
    if (bare.length > 1) waiting.push(bare);
    return `${number} ${json === '' ? '-' : json} ${code}`;
  });
  reached.set(name, fields.join(','));
}

const lines = (entries: Iterable<readonly [string, string]>): string =>
  [...entries]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `  '${key}': '${value}',\n`)
    .join('');
const text = `// Generated from k8s.io/api@${version} and k8s.io/apimachinery@${version} by scripts/generate-protobuf.ts; do not edit.
/** \`group/version/Kind\` -> message. */
export const protobufKinds: Readonly<Record<string, string>> = {
${lines(roots)}};

/** Message -> its fields, each \`number json-name type\`; the name \`-\` means inlined. */
export const protobufMessages: Readonly<Record<string, string>> = {
${lines(reached)}};
`;

if (!process.argv.includes('--check')) writeFileSync(output, text);
else if (readFileSync(output, 'utf8') !== text) throw new Error(`${output} is not what ${import.meta.filename} writes`);
