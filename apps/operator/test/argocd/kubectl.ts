import { execFile } from 'node:child_process';

/** Runs kubectl on one cluster and resolves with what it printed. Rejects with what it said. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** kubectl with this kubeconfig. */
export function kubectlWith(kubeconfig: string): Kubectl {
  return (args, input = '') =>
    new Promise((resolve, reject) => {
      const child = execFile('kubectl', [`--kubeconfig=${kubeconfig}`, ...args], (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`));
      });
      child.stdin?.end(input);
    });
}
