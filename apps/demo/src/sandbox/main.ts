import { Command, CommanderError } from 'commander';

import { aborted, processEnv } from '@canaryop/reconcile/env';
import { terminationSignal } from '@canaryop/reconcile/manager';

import { startDemoCluster } from '../cluster/demo-cluster.ts';
import { parsePort } from '../cluster/port-option.ts';
import { greeting } from './greeting.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';

interface Flags {
  readonly port: number;
  readonly ingressPort: number;
  readonly operator: boolean;
  readonly prometheus?: true;
  readonly json?: true;
}

const command = new Command('sandbox')
  .description('Keeps a cluster with the operator up for your own kubectl, until Ctrl-C.')
  .option('--port <port>', 'port of the API server; 0 takes a free one', parsePort, 0)
  .option('--ingress-port <port>', 'port of the ingress; 0 takes a free one', parsePort, 8090)
  .option('--no-operator', 'leave the operator out, to run one of your own')
  .option('--prometheus', "use the machine's own Prometheus instead of the embedded one")
  .option('--json', 'print one line of JSON when the cluster is ready')
  .exitOverride();

// Whoever read the output is gone, as with `| head`.
process.stdout.on('error', () => process.exit(1));
try {
  await run(command.parse().opts<Flags>());
  // Whatever the pods' programs still hold would keep the process.
  process.exit(0);
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function run(flags: Flags): Promise<void> {
  const signal = terminationSignal(process, () => process.exit(1));
  const cluster = await startDemoCluster({
    env: processEnv(),
    port: flags.port,
    ingressPort: flags.ingressPort,
    installedPrometheus: flags.prometheus === true,
    operator: flags.operator,
  });
  const kubeconfig = writeKubeconfig(cluster.server.kubeconfig);
  process.once('exit', () => kubeconfig.remove());
  const { ingressPort, ingressUrl, readyMs, operatorFlags } = cluster;
  const ready = {
    ready: true,
    kubeconfig: kubeconfig.path,
    ingress: ingressUrl,
    ...(flags.operator ? {} : { operatorFlags }),
  };
  const text =
    flags.json === true
      ? `${JSON.stringify(ready)}\n`
      : greeting({ kubeconfig: kubeconfig.path, ingressPort, readyMs, ...(flags.operator ? {} : { operatorFlags }) });
  process.stdout.write(text);
  await aborted(signal);
  await cluster.stop();
}
