import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { processEnv } from '@canaryop/reconcile/env';
import { certificateAuthority } from '@canaryop/simkube/tls';

import { startKwok } from '../kwok/start-kwok.ts';
import { startGuard } from '../processes/guard.ts';
import type { ManagedProcess, ProcessScope } from '../processes/managed-process.ts';
import { findPrograms } from '../programs/find-program.ts';
import { startApiServerProcess, type ApiServerProcess } from './api-server.ts';
import { readAuditLog, requestLevel } from './audit-log.ts';
import { startControllerManager, startScheduler, type ComponentOptions } from './components.ts';
import type { Component, ControlPlane, ControlPlaneOptions } from './control-plane.ts';
import { startEtcd } from './etcd.ts';
import { post } from './request.ts';

/** Where programs are. */
type Programs = Readonly<Record<Component, string>>;

/**
 * Starts a Kubernetes control plane of real programs: etcd and kube-apiserver with RBAC, and what `options` ask for. Each
 * has its own CA, free ports on loopback and a temporary folder, so that several run side by side. Whatever becomes of this
 * process, `kill -9` included, nothing stays behind.
 *
 * Programs are taken from the folder in `KUBEBUILDER_ASSETS`, else built with Go, once. Rejects, with the end of a log, when
 * one does not start.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { env = processEnv() } = options;
  const programs = await programsFor(options);
  const folder = await mkdtemp(join(tmpdir(), 'control-plane-'));
  const scope: ProcessScope = { env, folder, guard: startGuard(folder) };
  try {
    const started = await startAll(scope, programs, options);
    return await controlPlane(scope, started);
  } catch (error) {
    await scope.guard.end();
    throw error;
  }
}

async function programsFor(options: ControlPlaneOptions): Promise<Programs> {
  const { env, onProgress, controllerManager = true, kwok = false } = options;
  const names: Component[] = [
    'etcd',
    'kube-apiserver',
    ...(controllerManager ? (['kube-controller-manager'] as const) : []),
    ...(kwok === false ? [] : (['kube-scheduler', 'kwok'] as const)),
  ];
  return findPrograms(names, {
    ...(env === undefined ? {} : { env }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

interface Started {
  readonly authorityPem: string;
  readonly server: ApiServerProcess;
  readonly processes: readonly ManagedProcess[];
}

async function startAll(scope: ProcessScope, programs: Programs, options: ControlPlaneOptions): Promise<Started> {
  const { controllerManager = true, kwok = false } = options;
  const component = (name: Component): ComponentOptions => ({
    program: programs[name],
    args: options.flags?.[name] ?? [],
    timeoutMs: options.startTimeoutMs ?? 120_000,
  });
  const [authority, etcd] = await Promise.all([
    certificateAuthority(scope.env.clock.now(), 'control-plane-ca'),
    startEtcd(scope, component('etcd')),
  ]);
  const server = await startApiServerProcess(scope, {
    ...component('kube-apiserver'),
    etcdUrl: etcd.url,
    authority,
    auditPolicy: options.auditPolicy ?? requestLevel,
    enableAdmissionPlugins: options.enableAdmissionPlugins ?? [],
    disableAdmissionPlugins: options.disableAdmissionPlugins ?? ['ServiceAccount'],
  });
  const others = await Promise.all([
    ...(controllerManager ? [startControllerManager(scope, server, component('kube-controller-manager'))] : []),
    ...(kwok === false
      ? []
      : [
          startScheduler(scope, server, component('kube-scheduler')),
          startKwok(scope, server, component('kwok'), kwok === true ? {} : kwok),
        ]),
  ]);
  return { authorityPem: authority.certificate, server, processes: [etcd.process, server.process, ...others] };
}

async function controlPlane(scope: ProcessScope, started: Started): Promise<ControlPlane> {
  const { server, authorityPem, processes } = started;
  const { identities, admin, url, files } = server;
  let stopped: Promise<void> | undefined;
  const serviceAccountToken = async (namespace: string, name: string): Promise<string> => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`;
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
    const answer = (await post(admin, path, request)) as { status: { token: string } };
    return answer.status.token;
  };
  return {
    url,
    caData: authorityPem,
    adminKubeconfig: await identities.kubeconfigFor('admin', ['system:masters']),
    connection: admin,
    pids: Object.fromEntries(processes.map(({ name, pid }) => [name, pid])),
    scope,
    kubeconfigFor: (user, groups = []) => identities.kubeconfigFor(user, groups),
    connectionFor: (user, groups = []) => identities.connectionFor(user, groups),
    serviceAccountToken,
    serviceAccountKubeconfig: async (namespace, name) =>
      identities.kubeconfigWithToken(name, namespace, await serviceAccountToken(namespace, name)),
    auditEvents: () => readAuditLog(files.auditLog),
    stop: () => (stopped ??= stop(scope, identities)),
  };
}

async function stop(scope: ProcessScope, identities: ApiServerProcess['identities']): Promise<void> {
  await scope.guard.end();
  await identities.close();
}
