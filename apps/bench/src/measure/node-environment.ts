/** How the manifests of config/manager, and those of create-operator, start Node. */
export const nodeEnvironment: Readonly<Record<string, string>> = {
  NODE_OPTIONS: '--max-old-space-size=160 --max-semi-space-size=4',
  MALLOC_ARENA_MAX: '1',
};
