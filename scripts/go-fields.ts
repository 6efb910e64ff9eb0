/** How Go writes the fields of Kubernetes' types, which OpenAPI does not tell: read from the types' source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a field without content is written: a pointer is left out, `kept` as its zero value, `omitted` left out. */
export type ZeroForm = 'pointer' | 'kept' | 'omitted';

const structPattern = /^type (?<name>\w+) struct \{\n(?<body>[\s\S]*?)^\}/gmu;
const fieldPattern = /^\t(?:\w+\s+)?(?<type>[*[\]\w.]+)\s+`(?:protobuf:"[^"]*" )?json:"(?<json>[^"]*)"/gmu;

/**
 * Fields by their JSON name, by type, of one Go package.
 * @param folder of the package's source.
 */
export function goFields(folder: string): ReadonlyMap<string, ReadonlyMap<string, ZeroForm>> {
  const types = new Map<string, ReadonlyMap<string, ZeroForm>>();
  const files = readdirSync(folder).filter((name) => name.startsWith('types') && !name.includes('_swagger_'));
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const { groups } of text.matchAll(structPattern)) {
      types.set(groups?.['name'] ?? '', new Map(fieldsOf(groups?.['body'] ?? '')));
    }
  }
  return types;
}

function fieldsOf(body: string): readonly [string, ZeroForm][] {
  return [...body.matchAll(fieldPattern)].map(({ groups }): [string, ZeroForm] => {
    const { type = '', json = '' } = groups ?? {};
    const [name = '', ...options] = json.split(',');
    if (type.startsWith('*') || options.includes('omitzero')) return [name, 'pointer'];
    return [name, options.includes('omitempty') ? 'omitted' : 'kept'];
  });
}
