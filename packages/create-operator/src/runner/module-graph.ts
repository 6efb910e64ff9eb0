/** What a change of files does to a program. */
export type Change =
  /** Nothing: the program does not import them. */
  | 'none'
  /** Modules of the operator are new, and so are all that import them, up to the operator's own. */
  | 'operator'
  /** A file that the program has in its memory by another way than its operator: its main module, or nobody knows which. */
  | { readonly file: string; readonly readBy: 'main' | 'anybody' };

const moduleName = /\.m?[jt]s$/u;

/** Files by URL, without a query. */
export interface GraphPlaces {
  /** Ends with a slash. What is outside of it never changes. */
  readonly source: string;
  readonly main: string;
  readonly operator: string;
}

/**
 * Which of a project's files import which, as the resolutions of a process have told, and how often each of them was
 * loaded anew. Node keeps a module for each URL for as long as the process lives: a new one needs a new URL, and so does
 * everything that imports it.
 */
export class ModuleGraph {
  readonly #places: GraphPlaces;
  /** By file; what is no longer imported stays, and at worst has something loaded once too often. */
  readonly #importers = new Map<string, Set<string>>();
  readonly #generations = new Map<string, number>();

  constructor(places: GraphPlaces) {
    this.#places = places;
  }

  /** Whether a URL is one of the project's own sources. */
  isSource(url: string): boolean {
    return url.startsWith(this.#places.source);
  }

  /** Whether the program has imported a file, or tried to. */
  has(url: string): boolean {
    return this.#importers.has(fileOf(url));
  }

  /** Notes that a file is imported. What is imported from outside of the sources belongs to the main module. */
  note(url: string, importer: string | undefined): void {
    const file = fileOf(url);
    const importers = this.#importers.get(file) ?? new Set();
    importers.add(importer !== undefined && this.isSource(importer) ? fileOf(importer) : this.#places.main);
    this.#importers.set(file, importers);
  }

  /** The URL under which Node finds a file as it is now. */
  current(url: string): string {
    const generation = this.#generations.get(fileOf(url));
    if (generation === undefined) return url;
    const next = new URL(url);
    next.searchParams.set('generation', String(generation));
    return next.href;
  }

  /** Judges changed files, and where the operator's modules are all that changes, gives these new URLs. */
  change(files: readonly string[]): Change {
    for (const file of files) {
      if (!this.has(file) && isData(file)) return { file, readBy: 'anybody' };
      if (this.has(file) && this.#dependents(file).has(this.#places.main)) return { file, readBy: 'main' };
    }
    const changed = new Set(files.filter((file) => this.has(file)).flatMap((file) => [...this.#dependents(file)]));
    for (const file of changed) this.#generations.set(file, (this.#generations.get(file) ?? 0) + 1);
    return changed.size === 0 ? 'none' : 'operator';
  }

  /** A file and all that import it. Nobody is followed beyond the operator: it is handed on, and not imported again. */
  #dependents(file: string, found = new Set<string>()): ReadonlySet<string> {
    if (found.has(file)) return found;
    found.add(file);
    if (file === this.#places.operator) return found;
    for (const importer of this.#importers.get(file) ?? []) this.#dependents(importer, found);
    return found;
  }
}

/** Which no import tells of: a program may have read it at any time. */
function isData(file: string): boolean {
  return !moduleName.test(file);
}

function fileOf(url: string): string {
  return url.replace(/[?#].*$/u, '');
}
