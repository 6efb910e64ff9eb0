/** A program that a control plane for tests is made of, or that tests run beside one. */
export interface Program {
  /** Its file name, in `KUBEBUILDER_ASSETS` and in the cache. */
  readonly name: ProgramName;
  /** Folder below packages/testkit/control-plane whose go.mod has its version. One per family: their dependencies differ. */
  readonly family: 'etcd' | 'kubernetes' | 'kwok' | 'istio' | 'argocd' | 'helm' | 'xds-client';
  /** Go module that it belongs to; the family's own when its source is in that folder. */
  readonly module: string;
  /** Go package to build, below the module. */
  readonly package: string;
  /** Build time with an empty Go cache on two cores, for the progress line. Minutes. */
  readonly coldMinutes: number;
}

/** A folder below packages/testkit/control-plane: of a program, or of what is only read. */
export type ModuleFamily = Program['family'] | 'gateway-api';

/** File names of the programs. */
export type ProgramName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kwok'
  | 'xds-client'
  | 'pilot-discovery'
  | 'argocd'
  | 'helm';

const kubernetes = 'k8s.io/kubernetes';

const catalogue: Readonly<Record<ProgramName, Omit<Program, 'name'>>> = {
  etcd: { family: 'etcd', module: 'go.etcd.io/etcd/server/v3', package: '', coldMinutes: 1 },
  'kube-apiserver': { family: 'kubernetes', module: kubernetes, package: 'cmd/kube-apiserver', coldMinutes: 6 },
  'kube-controller-manager': {
    family: 'kubernetes',
    module: kubernetes,
    package: 'cmd/kube-controller-manager',
    coldMinutes: 1,
  },
  'kube-scheduler': { family: 'kubernetes', module: kubernetes, package: 'cmd/kube-scheduler', coldMinutes: 1 },
  kwok: { family: 'kwok', module: 'sigs.k8s.io/kwok', package: 'cmd/kwok', coldMinutes: 2 },
  'xds-client': {
    family: 'xds-client',
    module: 'canaryop/testkit/control-plane/xds-client',
    package: '',
    coldMinutes: 1,
  },
  'pilot-discovery': {
    family: 'istio',
    module: 'istio.io/istio',
    package: 'pilot/cmd/pilot-discovery',
    coldMinutes: 5,
  },
  argocd: { family: 'argocd', module: 'github.com/argoproj/argo-cd/v3', package: 'cmd', coldMinutes: 11 },
  helm: { family: 'helm', module: 'helm.sh/helm/v4', package: 'cmd/helm', coldMinutes: 3 },
};

/** In the order in which a cold machine builds them: what most tests wait for comes first. */
export const programNames = Object.keys(catalogue) as readonly ProgramName[];

/** What is known of a program. */
export function programOf(name: ProgramName): Program {
  return { name, ...catalogue[name] };
}
