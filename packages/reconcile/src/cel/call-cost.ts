import type { DeclType } from './decl-type.ts';

const traversal = 0.1;
const regex = 0.25;

/** The most units that traversing a value costs. */
function traversed(type: DeclType | undefined): number {
  return Math.ceil((type?.maxElements ?? 1) * traversal);
}

/**
 * The most that one call costs beside its arguments, in CEL's cost units, after cel-go's checker and Kubernetes'
 * libraries: one for most, by length where strings, lists or patterns are traversed.
 */
export function callCost(name: string, target: DeclType | undefined, args: readonly DeclType[]): number {
  const [first, second] = args;
  switch (name) {
    case '_==_':
    case '_!=_':
      return equalityCost(first, second);
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return isText(first) ? Math.min(traversed(first), traversed(second)) : 1;
    case '_+_':
      return isText(first) ? traversed(first) + traversed(second) : 1;
    case '@in':
      return second?.kind === 'list' ? Math.max(1, second.maxElements * equalityCost(first, second.element)) : 1;
    case '_&&_':
    case '_||_':
    case '@not_strictly_false':
      return name === '@not_strictly_false' ? 1 : 0;
    case 'startsWith':
    case 'endsWith':
      return traversed(first);
    case 'contains':
      return traversed(target) * traversed(first);
    case 'matches':
      return patternCost(target ?? first, target === undefined ? second : first);
    case 'string':
    case 'bytes':
    case 'int':
    case 'double':
    case 'duration':
    case 'timestamp':
      return isText(first) && (name === 'string' || name === 'bytes') ? traversed(first) : 1;
    default:
      return extensionCost(name, target, args);
  }
}

function extensionCost(name: string, target: DeclType | undefined, args: readonly DeclType[]): number {
  const [first, second] = args;
  switch (name) {
    case 'isSorted':
    case 'sum':
    case 'min':
    case 'max':
      return Math.max(1, target?.maxElements ?? 1) * elementCost(target);
    case 'indexOf':
    case 'lastIndexOf':
      return target?.kind === 'list'
        ? Math.max(1, target.maxElements) * elementCost(target)
        : traversed(target) * traversed(first);
    case 'lowerAscii':
    case 'upperAscii':
    case 'trim':
    case 'replace':
    case 'split':
    case 'substring':
    case 'format':
      return traversed(target);
    case 'join':
      return Math.ceil(
        (target?.maxElements ?? 1) * ((target?.element?.maxElements ?? 1) + (first?.maxElements ?? 0)) * traversal,
      );
    case 'isIP':
    case 'isQuantity':
    case 'strings.quote':
      return traversed(first);
    case 'sets.contains':
    case 'sets.intersects':
    case 'sets.equivalent':
      return (first?.maxElements ?? 1) * (second?.maxElements ?? 1) * (name === 'sets.equivalent' ? 2 : 1);
    default:
      return 1;
  }
}

function isText(type: DeclType | undefined): boolean {
  return type?.kind === 'string' || type?.kind === 'bytes' || type?.kind === 'dyn';
}

function elementCost(list: DeclType | undefined): number {
  return isText(list?.element) ? Math.max(1, traversed(list?.element)) : 1;
}

function equalityCost(a: DeclType | undefined, b: DeclType | undefined): number {
  if (a === undefined || b === undefined) return 1;
  const sized = (type: DeclType): boolean => isText(type) || type.kind === 'list' || type.kind === 'map';
  if (!sized(a) || !sized(b)) return 1;
  return Math.max(1, Math.min(traversed(a), traversed(b)));
}

function patternCost(text: DeclType | undefined, pattern: DeclType | undefined): number {
  const length = Math.ceil(((text?.maxElements ?? 1) + 1) * traversal);
  return length * Math.ceil((pattern?.maxElements ?? 1) * regex);
}
