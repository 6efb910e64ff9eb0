/** What the reader needs to know of a sandbox that is up. */
export interface Greeting {
  readonly kubeconfig: string;
  readonly ingressPort: number;
  readonly readyMs: number;
  /** Absent when the operator is installed: what it has to be run with. */
  readonly operatorFlags?: readonly string[];
}

/** What to type next, at most 80 columns wide where the temporary folder allows it. */
export function greeting({ kubeconfig, ingressPort, readyMs, operatorFlags }: Greeting): string {
  const operator =
    operatorFlags === undefined
      ? [
          '  # follow the operator',
          '  kubectl -n canaryop-system logs deployments/canaryop-controller-manager \\',
          '    -c manager -f',
        ]
      : ['  # run the operator', '  npx -y pnpm@12.21.0 operator \\', `    ${operatorFlags.join(' ')}`];
  return [
    `A cluster is up, in this process (${Math.round(readyMs)} ms). In another terminal, in this folder:`,
    '',
    `  export KUBECONFIG=${kubeconfig}`,
    ...operator,
    '  # install v1 of the sample, and ask it',
    '  kubectl apply -f config/samples/canary_v1_canaryapp.yaml',
    '  kubectl get canaryapps --watch',
    `  curl localhost:${ingressPort}/hello`,
    '  # release v2 step by step, one every 30 s (v3 next, and curl /nothello)',
    '  kubectl patch canaryapp canaryapp-sample --type=merge \\',
    `    --patch '{"spec": {"image": "atzedevries/go-status-code-server:v2" }}'`,
    '  kubectl get virtualservice canaryapp-sample -o yaml',
    '',
    'README.md tells the whole story. Ctrl-C here ends the cluster and all in it.',
    '',
  ].join('\n');
}
