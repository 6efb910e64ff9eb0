/** Which folder may import which, and where each third-party package enters. Later may import earlier, never the reverse. */
import type { OxlintOverride } from 'oxlint';

interface Ban {
  /** Of import specifiers. Rust's dialect: no look-around. */
  readonly regex: string;
  readonly message: string;
  readonly allowTypeImports?: boolean;
}

/** Each package and the files that may import it, so that it can be replaced alone. */
const entries: Readonly<Record<string, readonly string[]>> = {
  '@bufbuild/cel': ['packages/reconcile/src/cel/cel-library.ts'],
  '@dot-i/k8s-operator': ['packages/k8s-operator/src/original.ts', 'apps/bench/src/framework/k8s-operator-subject.ts'],
  '@kubernetes/client-node': [
    'packages/reconcile/src/client/client-node.ts',
    'apps/bench/src/{framework,informer}/client-node-subject.ts',
  ],
  '@lezer/common': ['packages/simkube/src/prometheus/promql/grammar.ts'],
  '@peculiar/x509': [
    'packages/reconcile/src/certificates/issue-certificate.ts',
    'packages/simkube/src/apiserver/tls/certificates.ts',
  ],
  '@prometheus-io/lezer-promql': ['packages/simkube/src/prometheus/promql/grammar.ts'],
  ajv: ['packages/reconcile/src/validation/schema-validator.ts'],
  'ajv-formats': ['packages/reconcile/src/validation/schema-validator.ts'],
  commander: [
    'apps/bench/src/command.ts',
    'apps/operator/src/{options,main}.ts',
    'apps/demo/src/{demo,sandbox}/main.ts',
    'apps/demo/src/cluster/port-option.ts',
    'packages/create-operator/src/commands/{program,run-program}.ts',
  ],
  diff: ['packages/create-operator/src/manifests/drift.ts'],
  'fast-check': ['packages/testkit/src/properties/fast-check.ts'],
  'kubernetes-types': ['packages/reconcile/src/kinds/{core,apps}-v1.ts'],
  'prom-client': ['packages/reconcile/src/metrics/prom-client.ts'],
  '@opentelemetry/api': ['packages/reconcile/src/tracing/open-telemetry.ts'],
  re2js: ['packages/simkube/src/prometheus/anchored-pattern.ts'],
  'reflect-metadata': [
    'packages/reconcile/src/certificates/issue-certificate.ts',
    'packages/simkube/src/apiserver/tls/certificates.ts',
  ],
  undici: ['packages/reconcile/src/client/undici.ts'],
  yaml: [
    'packages/reconcile/src/client/plain-kube-config.ts',
    'packages/simkube/src/apiserver/http/body.ts',
    'packages/testkit/src/control-plane/cluster/yaml-documents.ts',
    'packages/create-operator/src/plan/project-file.ts',
    'packages/create-operator/src/manifests/generated-manifests.ts',
    'apps/demo/src/cluster/manifests.ts',
  ],
};

/** Folders of packages/reconcile/src, lowest first; those of one layer do not know each other. */
const reconcileLayers: readonly (readonly string[])[] = [
  ['env', 'object', 'cel', 'health'],
  ['certificates', 'conditions', 'crd', 'queue', 'kinds', 'owners', 'log', 'rbac', 'tracing'],
  ['client', 'validation'],
  ['cache', 'events', 'finalizers', 'leader-election', 'versions'],
  ['watch', 'sharding'],
  ['controller'],
  ['metrics'],
  ['webhook'],
  ['manager'],
  ['testing'],
];

/** Folders of packages/simkube/src, lowest first; `apiserver` has folders of its own with these names. */
const simkubeFolders: Readonly<Record<string, readonly string[]>> = {
  kinds: ['schema', 'patch', 'prometheus', 'apiserver', 'controllers', 'kubelet', 'mesh', 'world'],
  prometheus: ['kinds', 'schema', 'patch', 'apiserver', 'controllers', 'kubelet', 'mesh', 'world'],
  schema: ['kinds', 'apiserver', 'controllers', 'kubelet', 'mesh', 'world'],
  patch: ['kinds', 'apiserver', 'controllers', 'kubelet', 'mesh', 'world'],
  apiserver: ['kubelet', 'mesh', 'world'],
  controllers: ['kubelet', 'mesh', 'world'],
  kubelet: ['mesh', 'world'],
  mesh: ['world'],
};

/**
 * Folders of apps/operator/src, and which others each does not know. Adapters never import each other; what decides
 * knows the ports and none of their implementations, which `modes` puts together.
 */
const operatorFolders: Readonly<Record<string, readonly string[]>> = {
  api: ['rollout', 'strategy', 'targets', 'traffic', 'analysis', 'modes', 'controllers', 'alerts', 'manifests'],
  rollout: ['strategy', 'targets/[a-z-]+', 'traffic/[a-z-]+', 'modes', 'controllers', 'alerts', 'manifests'],
  strategy: ['targets', 'traffic', 'analysis', 'modes', 'controllers', 'alerts', 'manifests'],
  targets: ['strategy', 'traffic', 'analysis', 'modes', 'controllers', 'alerts', 'manifests'],
  traffic: ['strategy', 'targets', 'analysis', 'modes', 'controllers', 'alerts', 'manifests'],
  analysis: ['strategy', 'targets', 'traffic', 'modes', 'controllers', 'alerts', 'manifests'],
  modes: ['controllers', 'alerts', 'manifests'],
  controllers: ['alerts', 'manifests'],
  alerts: ['console', 'manifests'],
  console: ['rollout', 'strategy', 'targets', 'traffic', 'analysis', 'modes', 'controllers', 'alerts', 'manifests'],
};

const impure =
  'cache|cel|certificates|controller|crd|events|finalizers|health|leader-election|log|manager|metrics|queue|rbac|testing|tracing|watch|webhook';

/** What decides is data in, data out. */
const pure: readonly Ban[] = [
  { regex: '^node:', message: 'This folder decides and does no I/O: take what is needed as an argument.' },
  { regex: `^@canaryop/reconcile/(${impure})$`, message: 'This folder decides over plain objects.' },
  { regex: '^@canaryop/reconcile/client$', message: 'Types only: act.ts does the writes.', allowTypeImports: true },
];

/** What decides knows how releases are judged by one interface, and nothing of metrics. */
const analysisPort: Ban = {
  // Of all files there, only the port's name begins like this.
  regex: '^(\\.\\./)+analysis/([^a]|a[^n]|an[^a])',
  message: 'This folder knows analysis/analysis.ts and nothing else of it.',
};

/** Bans by path, broad before narrow: the last that matches a file holds. */
const zones: readonly { readonly path: string; readonly bans: readonly Ban[] }[] = [
  { path: 'packages/reconcile/src', bans: [notPackages('[a-z-]+')] },
  ...reconcileLayers.flatMap((layer, index) =>
    layer.map((folder) => ({
      path: `packages/reconcile/src/${folder}`,
      bans: [
        notPackages('[a-z-]+'),
        notFolders(
          reconcileLayers
            .slice(index)
            .flat()
            .filter((other) => other !== folder),
        ),
      ],
    })),
  ),
  {
    path: 'packages/simkube/src',
    bans: [notPackages('operator|demo|sample-server|testkit|simkube|reconcile/testing')],
  },
  ...Object.entries(simkubeFolders).map(([folder, others]) => ({
    path: `packages/simkube/src/${folder}`,
    bans: [notPackages('operator|demo|sample-server|testkit|simkube|reconcile/testing'), notFolders(others)],
  })),
  { path: 'packages/testkit/src', bans: [notPackages('operator|demo|sample-server|testkit')] },
  {
    path: 'packages/create-operator/src',
    bans: [notPackages('operator|demo|sample-server|testkit|create-operator|reconcile/testing')],
  },
  {
    path: 'packages/k8s-operator/src',
    bans: [notPackages('operator|demo|sample-server|simkube|testkit|k8s-operator|reconcile/testing')],
  },
  // What a plan says is data, and carrying it out is somebody else's.
  {
    path: 'packages/create-operator/src/plan',
    bans: [
      notPackages('operator|demo|sample-server|testkit|create-operator|reconcile/testing'),
      notFolders(['files', 'commands', 'dev', 'describe']),
      { regex: '^node:', message: 'A plan is data: take what is needed as an argument.' },
    ],
  },
  { path: 'apps/operator/src', bans: [notPackages('operator|demo|sample-server|testkit|simkube|reconcile/testing')] },
  ...Object.entries(operatorFolders).map(([folder, others]) => ({
    path: `apps/operator/src/${folder}`,
    bans: [
      notPackages('operator|demo|sample-server|testkit|simkube|reconcile/testing'),
      notFolders(others),
      ...(folder === 'rollout' ? [analysisPort] : []),
      ...(['rollout', 'strategy', 'targets', 'traffic', 'modes'].includes(folder) ? pure : []),
    ],
  })),
  { path: 'apps/sample-server/src', bans: [notPackages('operator|demo|sample-server|testkit|simkube')] },
  // The composition root: it puts the operator into a simulated cluster.
  { path: 'apps/demo/src', bans: [notPackages('demo|testkit|reconcile/testing')] },
  // The other one: it measures the operator on a simulated cluster.
  { path: 'apps/bench/src', bans: [notPackages('demo|reconcile/testing')] },
];

/** Overrides for the linter's configuration. */
export const importDirection: readonly OxlintOverride[] = [
  ...zones.map(({ path, bans }) => override([`${path}/**`], [...bans, ...thirdParty([])])),
  ...[...new Set(Object.values(entries).flat())].map((file) => {
    const packages = Object.keys(entries).filter((name) => entries[name]?.includes(file));
    const zone = zones.findLast(({ path }) => file.startsWith(`${path}/`));
    return override([file], [...(zone?.bans ?? []), ...thirdParty(packages)]);
  }),
  // Tests may use any package, but packages know no app even there.
  override(['packages/**/*.test.ts', 'packages/*/test/**'], [notPackages('operator|demo|sample-server')]),
  override(['apps/**/*.test.ts', 'apps/*/test/**'], []),
];

function override(files: string[], bans: readonly Ban[]): OxlintOverride {
  const patterns = bans.map((ban) => ({ ...ban }));
  return { files, rules: { 'no-restricted-imports': bans.length === 0 ? 'off' : ['error', { patterns }] } };
}

function notPackages(names: string): Ban {
  return {
    regex: `^@canaryop/(${names})(/|$)`,
    message: 'Packages know no app, apps know no app, nothing knows itself by name.',
  };
}

function notFolders(folders: readonly string[]): Ban {
  return {
    regex: `^(\\.\\./)+(${folders.join('|')})/`,
    message: 'Imports point to earlier layers: scripts/lint/import-direction.ts.',
  };
}

function thirdParty(allowed: readonly string[]): readonly Ban[] {
  return Object.entries(entries)
    .filter(([name]) => !allowed.includes(name))
    .map(([name, files]) => ({ regex: `^${name}(/|$)`, message: `It enters through ${files.join(', ')} only.` }));
}
