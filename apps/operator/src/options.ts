import { Command, InvalidArgumentError, Option } from 'commander';

import { defaultAllowedHosts } from './analysis/address-policy.ts';
import { defaultMetricsServer } from './analysis/endpoints.ts';

/** The flags of the operator, as parsed. */
export interface Flags {
  readonly leaderElect: boolean;
  readonly leaderElectionNamespace?: string;
  readonly metricsBindAddress: string;
  readonly metricsSecure: boolean;
  readonly metricsCertDir?: string;
  readonly healthProbeBindAddress: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'console';
  readonly resolve: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
  readonly metricsAllowedHosts: readonly string[];
  readonly metricsServer: string;
  readonly installCrds: boolean;
  readonly consoleBindAddress: LoopbackAddress | '0';
  readonly alertsBindAddress: string;
  readonly alertsCertDir?: string;
  readonly alertsNamespace?: readonly string[];
}

/**
 * Parses the command line; `--help` and mistakes are answered by commander, which then throws `CommanderError`.
 * The names are those that users of controller-runtime know.
 */
export function parseFlags(argv: readonly string[]): Flags {
  return command().parse(argv, { from: 'user' }).opts<Flags>();
}

function command(): Command {
  const levels = ['debug', 'info', 'warn', 'error'];
  return new Command('canaryop')
    .description('Releases the images of CanaryApps step by step, and rolls them back when they fail.')
    .option('--leader-elect', 'act only as the holder of a Lease, so that a second replica can stand by', false)
    .option('--leader-election-namespace <name>', 'namespace of the Lease (default: the own one)')
    .option('--metrics-bind-address <host:port>', 'where /metrics is served; 0 switches it off', '127.0.0.1:8080')
    .option('--metrics-secure', 'serve metrics over TLS to those who may get /metrics', false)
    .option('--metrics-cert-dir <path>', 'tls.crt and tls.key of the metrics (default: a self-signed certificate)')
    .option(
      '--health-probe-bind-address <host:port>',
      'where /healthz and /readyz are served; 0 switches them off',
      ':8081',
    )
    .option('--namespace <name>', 'look at this namespace only (default: all)')
    .option('--kubeconfig <path>', 'cluster to connect to (default: $KUBECONFIG, the pod, ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(new Option('--log-level <level>', 'lines below it are not written').choices(levels).default('info'))
    .addOption(new Option('--log-format <format>', 'json or console').choices(['json', 'console']).default('json'))
    .addOption(
      new Option(
        '--resolve <host:port=addr:port>',
        "ask this address for that name, unchecked; may be repeated (curl's meaning)",
      )
        .argParser(addMapping)
        .default(new Map(), 'none'),
    )
    .addOption(
      new Option(
        '--metrics-allowed-hosts <pattern>',
        'hosts beside the defaults that prometheusURL may name; may be repeated',
      )
        .argParser((value: string, known: readonly string[]) => [...known, value.toLowerCase()])
        .default(defaultAllowedHosts, defaultAllowedHosts.join(', ')),
    )
    .addOption(
      new Option('--metrics-server <url>', 'Prometheus for CanaryApps with a targetRef that name none; asked unchecked')
        .argParser(serverUrl)
        .default(defaultMetricsServer),
    )
    .option(
      '--alerts-bind-address <host:port>',
      'where Alertmanager may post to /alerts and /kill, over TLS and if it may; 0 switches it off',
      '0',
    )
    .option('--alerts-cert-dir <path>', 'tls.crt and tls.key of the above (default: a self-signed certificate)')
    .addOption(
      new Option(
        '--alerts-namespace <name>',
        'namespace whose pods alerts may be about; may be repeated (default: that of --namespace)',
      ).argParser((value: string, known: readonly string[] | undefined) => [...(known ?? []), value]),
    )
    .addOption(consoleOption())
    .option('--install-crds', 'create or update the CustomResourceDefinition first', false)
    .exitOverride();
}

function consoleOption(): Option {
  const about = 'where the line console listens, on loopback, for nc; whoever gets there may bypass and abort';
  return new Option('--console-bind-address <host:port>', `${about}. 0 switches it off`)
    .argParser(loopbackAddress)
    .default('0');
}

/** Where only this host, or this pod, gets to. */
interface LoopbackAddress {
  readonly host: string;
  readonly port: number;
}

function loopbackAddress(value: string): LoopbackAddress | '0' {
  if (value === '0') return value;
  const { host, port } =
    /^(?<host>127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|localhost):(?<port>\d{1,5})$/.exec(value)?.groups ?? {};
  if (host === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError('it must be an address of loopback and a port, such as 127.0.0.1:8888, or 0');
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

type Mapping = ReadonlyMap<string, { readonly host: string; readonly port: number }>;

function serverUrl(value: string): string {
  const url = URL.parse(value);
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidArgumentError('it must be an http or https URL without credentials, query and fragment');
  }
  return value;
}

function addMapping(value: string, known: Mapping): Mapping {
  const form = /^(?<from>[^\s:=]+:\d{1,5})=(?<host>\[[0-9a-fA-F:]+\]|[^\s:=]+):(?<port>\d{1,5})$/;
  const { from, host, port } = form.exec(value)?.groups ?? {};
  if (from === undefined || host === undefined || port === undefined) {
    throw new InvalidArgumentError('it must be HOST:PORT=ADDRESS:PORT');
  }
  return new Map([...known, [from.toLowerCase(), { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }]]);
}
