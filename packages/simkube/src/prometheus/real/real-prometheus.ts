import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import type { Timers } from '@canaryop/reconcile/env';

import { prometheusConfig, type StaticTarget } from './prometheus-config.ts';

/** How long the process may take to be ready, and to end before it is killed. */
const startTimeoutMs = 15_000;
const stopTimeoutMs = 5000;

/** What to run and what it scrapes. */
export interface RealPrometheusOptions {
  readonly timers: Timers;
  /** The `prometheus` program, see `findPrometheus`. */
  readonly binary: string;
  /** What is scraped; may be empty. */
  readonly targets: readonly StaticTarget[];
  /** Default 1 second. */
  readonly scrapeIntervalMs?: number;
  /** Port on 127.0.0.1; 0, the default, is a free one. */
  readonly port?: number;
  /** Accepts samples at `/api/v1/write`. Default false. */
  readonly acceptsRemoteWrite?: boolean;
}

/** A running Prometheus process. */
export interface RealPrometheus {
  readonly pid: number;
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** The first executable `prometheus` in the folders of a PATH variable; undefined when there is none. */
export async function findPrometheus(path = process.env['PATH'] ?? ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(folder, 'prometheus');
    const isExecutable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return candidate;
  }
  return undefined;
}

/**
 * Starts a Prometheus of its own on the loopback interface, its data in a new temporary folder, and resolves when it
 * is ready to answer. Rejects, with the end of its log, when it ends or is not ready within 15 seconds.
 */
export async function startRealPrometheus(options: RealPrometheusOptions): Promise<RealPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'simkube-prometheus-'));
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const configFile = join(folder, 'prometheus.yml');
    await writeFile(configFile, prometheusConfig(options.targets, options.scrapeIntervalMs ?? 1000));
    const flags = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=1h',
      `--web.listen-address=127.0.0.1:${options.port ?? 0}`,
      ...(options.acceptsRemoteWrite === true ? ['--web.enable-remote-write-receiver'] : []),
    ];
    const child = spawn(options.binary, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    const stop = async (): Promise<void> => {
      await terminate(child, options.timers);
      await removeFolder();
    };
    const port = await untilReady(child, options).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { pid: child.pid ?? 0, port, url: `http://127.0.0.1:${port}`, stop };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** Reads the log, the one place that tells which free port was taken, until it says that the server is ready. */
function untilReady(child: ChildProcess, { binary, timers }: RealPrometheusOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (problem: string): void => {
      cancel();
      reject(new Error(`${binary}: ${problem}\n${log.slice(-2000)}`));
    };
    const cancel = timers.schedule(startTimeoutMs, () => {
      fail(`not ready within ${startTimeoutMs} ms`);
    });
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('exit', (code) => {
      fail(`ended with code ${String(code)} before it was ready`);
    });
    // Reading goes on after readiness: a full pipe would block the process.
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-20_000);
      const port = /msg="Listening on".*? address=\S*:(\d+)/.exec(log)?.[1];
      if (port === undefined || !log.includes('Server is ready to receive web requests')) return;
      cancel();
      resolve(Number(port));
    });
  });
}

async function terminate(child: ChildProcess, timers: Timers): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const cancel = timers.schedule(stopTimeoutMs, () => {
      child.kill('SIGKILL');
    });
    child.once('exit', () => {
      cancel();
      resolve();
    });
    child.kill('SIGTERM');
  });
}
