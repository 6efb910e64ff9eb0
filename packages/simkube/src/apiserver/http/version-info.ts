/** `/version`, for a Kubernetes version such as `v1.36.3`. */
export function versionInfo(gitVersion: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = gitVersion.replace(/^v/u, '').split('.');
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: 'simkube',
  };
}
