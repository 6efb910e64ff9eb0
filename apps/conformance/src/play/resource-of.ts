const collectionPath = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/(?=[^/?]+))?(?<resource>[^/?]+)/u;

/** The plural that a path is about. `/namespaces/x/status` is about the namespace. */
export function resourceOf(path: string): string {
  const match = collectionPath.exec(path);
  const resource = match?.groups?.['resource'] ?? '';
  return resource === 'status' || resource === 'finalize' ? 'namespaces' : resource;
}
