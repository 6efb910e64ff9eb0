import type { ApiNames } from './api-names.ts';

/** Reads a file of templates/ by its path there. */
export type ReadTemplate = (path: string) => string;

/** What the placeholders of a template stand for. */
export interface TemplateValues {
  readonly project: string;
  readonly api?: Pick<ApiNames, 'apiGroup' | 'version' | 'kind' | 'camel' | 'kebab'> & {
    /** Another version, where there are two. */
    readonly spoke?: string;
  };
  /** Which of the lines with a flag stay. */
  readonly flags?: readonly string[];
}

const alternative = /^(?<indent>\s*)(?:\/\/|#) scaffold:(?<flag>[a-z]+) (?<line>.+)$/u;
const conditional = /^(?<line>.+?) (?:\/\/|#) scaffold:(?<flag>[a-z]+)$/u;
const placeholder =
  /ScaffoldKind|scaffoldKind|scaffold-kind|scaffold-project|group\.scaffold\.example|v99beta99|v98beta98/gu;

/**
 * The text that a template becomes. Templates are files that hold as they are, so placeholders are names that could
 * be somebody's: `ScaffoldKind`, `group.scaffold.example`, `v99beta99`. A line that ends with `// scaffold:FLAG` stays only
 * with that flag, and one that begins with it is the line to take instead. `#` does what `//` does.
 */
export function render(template: string, values: TemplateValues): string {
  const { project, api, flags = [] } = values;
  const names: Readonly<Record<string, string>> = {
    'scaffold-project': project,
    ...(api === undefined
      ? {}
      : {
          ScaffoldKind: api.kind,
          scaffoldKind: api.camel,
          'scaffold-kind': api.kebab,
          'group.scaffold.example': api.apiGroup,
          v99beta99: api.version,
          ...(api.spoke === undefined ? {} : { v98beta98: api.spoke }),
        }),
  };
  const lines = template.split('\n').flatMap((line) => lineFor(line, flags));
  return lines.join('\n').replaceAll(placeholder, (name) => {
    const value = names[name];
    if (value === undefined) throw new Error(`a template uses ${name}, which stands for nothing here`);
    return value;
  });
}

function lineFor(line: string, flags: readonly string[]): readonly string[] {
  const instead = alternative.exec(line)?.groups;
  if (instead !== undefined) {
    return flags.includes(instead['flag'] ?? '') ? [`${instead['indent'] ?? ''}${instead['line'] ?? ''}`] : [];
  }
  const only = conditional.exec(line)?.groups;
  if (only === undefined) return [line];
  return flags.includes(only['flag'] ?? '') ? [only['line'] ?? ''] : [];
}
