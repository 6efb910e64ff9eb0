const decimal = /^(?:0|[1-9]\d*)$/;

/**
 * Orders two resource versions of one kind as the integers that they are (KEP-5504): negative when `left` is older.
 * Undefined when either is absent or not a decimal integer, as with some aggregated API servers: then nothing may be
 * concluded. Their length decides first, so numbers past 2^53 order rightly.
 */
export function compareResourceVersions(left: string | undefined, right: string | undefined): number | undefined {
  if (left === undefined || right === undefined || !decimal.test(left) || !decimal.test(right)) return undefined;
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** True only when both are comparable and `left` is older than `right`. */
export function isOlder(left: string | undefined, right: string | undefined): boolean {
  const order = compareResourceVersions(left, right);
  return order !== undefined && order < 0;
}
