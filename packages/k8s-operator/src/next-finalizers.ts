/**
 * The finalizers that an object is to have: those that it has, changed as the asker changed those that it knew of.
 * @param known what the asker saw; undefined when nobody knows, and then the object gets exactly what is wanted.
 */
export function nextFinalizers(
  present: readonly string[],
  known: readonly string[] | undefined,
  wanted: readonly string[],
): readonly string[] {
  if (known === undefined) return wanted;
  const removed = known.filter((each) => !wanted.includes(each));
  const added = wanted.filter((each) => !known.includes(each) && !present.includes(each));
  return [...present.filter((each) => !removed.includes(each)), ...added];
}
