import { execFile } from 'node:child_process';

/** What a run of kubectl said. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl, whatever becomes of it. Without a kubeconfig it takes the user's own. */
export function tryKubectl(
  kubeconfig: string | undefined,
  args: readonly string[],
  input = '',
): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'kubectl',
      [...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]), ...args],
      // The whole environment: credentials of an existing cluster may come from a plug-in.
      { maxBuffer: 64 * 1024 * 1024, env: process.env },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ code, stdout, stderr });
        else reject(error ?? new Error('kubectl ended in an unknown way'));
      },
    );
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/** Runs kubectl and returns what it printed. Rejects when it fails. */
export async function kubectl(kubeconfig: string | undefined, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await tryKubectl(kubeconfig, args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}
