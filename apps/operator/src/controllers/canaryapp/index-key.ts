/** The value by which an index finds what has to do with an object: `namespace/kind/name`. */
export function indexKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}
