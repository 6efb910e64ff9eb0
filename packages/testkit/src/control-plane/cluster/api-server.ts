import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { CertificateAuthority } from '@canaryop/simkube/tls';

import { freePort } from '../processes/free-port.ts';
import { startProcess, untilReady, type ManagedProcess, type ProcessScope } from '../processes/managed-process.ts';
import type { AuditPolicy } from './audit-log.ts';
import { identities, type Identities } from './identities.ts';
import { send } from './request.ts';

/** How an API server is started. */
export interface ApiServerOptions {
  readonly program: string;
  readonly etcdUrl: string;
  readonly authority: CertificateAuthority;
  readonly auditPolicy: AuditPolicy;
  readonly enableAdmissionPlugins: readonly string[];
  readonly disableAdmissionPlugins: readonly string[];
  /** Further flags, which win over those here. */
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

/** A running API server. */
export interface ApiServerProcess {
  readonly process: ManagedProcess;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly identities: Identities;
  /** As a member of `system:masters`, whom RBAC refuses nothing. */
  readonly admin: ClusterConnection;
  readonly files: ApiServerFiles;
}

/** What other components are given, or readers read. */
export interface ApiServerFiles {
  readonly ca: string;
  /** Private key that signs tokens of service accounts. */
  readonly serviceAccountKey: string;
  readonly auditLog: string;
}

/** The one port that a program of ours can lose to another between choice and use. */
const maxAttempts = 3;

/** Starts kube-apiserver and resolves when it says that it is ready. */
export async function startApiServerProcess(scope: ProcessScope, options: ApiServerOptions): Promise<ApiServerProcess> {
  const files = await writeFiles(scope.folder, options);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const process = await startProcess(scope, {
      name: 'kube-apiserver',
      program: options.program,
      args: [...flags({ folder: scope.folder, files, options }), `--secure-port=${port}`, ...options.args],
    });
    const url = `https://127.0.0.1:${port}`;
    const known = identities({ env: scope.env, folder: scope.folder, url, authority: options.authority });
    const admin = await known.connectionFor('admin', ['system:masters']);
    try {
      await untilReady(process, scope.env, options.timeoutMs, () => isReady(admin));
      return { process, url, identities: known, admin, files };
    } catch (error) {
      await known.close();
      const isTaken = process.hasEnded && /address already in use/.test(process.log());
      if (!isTaken || attempt === maxAttempts) throw error;
    }
  }
}

async function isReady(admin: ClusterConnection): Promise<true | undefined> {
  const { status, body } = await send(admin, 'GET', '/readyz');
  if (status === 200) return true;
  throw new Error(`/readyz answers ${status}: ${body.replaceAll(/^\[\+\].*\n/gm, '').trim()}`);
}

async function writeFiles(folder: string, options: ApiServerOptions): Promise<ApiServerFiles> {
  const server = await options.authority.server(
    ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    ['127.0.0.1'],
  );
  const tokens = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const write = async (name: string, text: string | Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  await Promise.all([
    write('apiserver.crt', server.certificate),
    write('apiserver.key', server.key),
    write('audit-policy.json', JSON.stringify(options.auditPolicy)),
    write('audit.log', ''),
    write('service-accounts.pub', tokens.publicKey.export({ type: 'spki', format: 'pem' })),
  ]);
  return {
    ca: await write('ca.crt', options.authority.certificate),
    serviceAccountKey: await write('service-accounts.key', tokens.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    auditLog: join(folder, 'audit.log'),
  };
}

function flags(given: { folder: string; files: ApiServerFiles; options: ApiServerOptions }): readonly string[] {
  const { folder, files, options } = given;
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  const list = (flag: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [`--${flag}=${values.join(',')}`];
  return [
    `--etcd-servers=${options.etcdUrl}`,
    '--bind-address=127.0.0.1',
    // Its own address would be an endpoint of the Service `kubernetes`, and endpoints may not be on loopback.
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    `--cert-dir=${folder}`,
    `--tls-cert-file=${join(folder, 'apiserver.crt')}`,
    `--tls-private-key-file=${join(folder, 'apiserver.key')}`,
    `--client-ca-file=${files.ca}`,
    '--authorization-mode=RBAC',
    `--service-account-issuer=${issuer}`,
    `--service-account-key-file=${join(folder, 'service-accounts.pub')}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--allow-privileged=true',
    ...list('enable-admission-plugins', options.enableAdmissionPlugins),
    ...list('disable-admission-plugins', options.disableAdmissionPlugins),
    `--audit-policy-file=${join(folder, 'audit-policy.json')}`,
    `--audit-log-path=${files.auditLog}`,
    // Written before the answer is sent, and in one file, so that whoever has an answer finds its event.
    '--audit-log-mode=blocking',
    '--audit-log-maxsize=10000',
  ];
}
