/** A real Argo CD for tests, as plain processes beside a control plane. */
export type { ArgoCd, ArgoCdOptions } from './argocd.ts';
export { gitRepository, type GitRepository } from './git-repository.ts';
export { startArgoCd } from './start-argocd.ts';
