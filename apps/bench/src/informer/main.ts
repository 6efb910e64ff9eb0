/** One informer in a process of its own, so that memory and CPU time are its own: `main.ts LIBRARY KUBECONFIG`. */
import { processEnv } from '@canaryop/reconcile/env';

import { changeCount, objectCount, readCount } from './config-maps.ts';
import type { ChangeReport, ReadReport, Subject, SyncReport } from './informer-report.ts';

const [library = '', kubeconfig = ''] = process.argv.slice(2);
const { clock } = processEnv();
const bytesPerMiB = 1_048_576;

const importedFromMs = clock.monotonic();
const subject = await load();
const importMs = clock.monotonic() - importedFromMs;
// The first request pays for the connection and for code that is compiled at first use.
await subject.read('object-0');

let changes = 0;
let firstMs = 0;
let cpuAtFirst = process.cpuUsage();

process.on('message', (message) => {
  if (message === 'sync') void sync().then((report) => process.send?.(report));
  if (message === 'read') void read().then((report) => process.send?.(report));
});
process.send?.('loaded');

async function load(): Promise<Subject> {
  if (library === 'reconcile') return (await import('./reconcile-subject.ts')).reconcileSubject(kubeconfig);
  return (await import('./client-node-subject.ts')).clientNodeSubject(kubeconfig);
}

async function sync(): Promise<SyncReport> {
  const heapBefore = heapInUse();
  const cpu = process.cpuUsage();
  const startMs = clock.monotonic();
  await subject.sync(changed);
  const syncMs = clock.monotonic() - startMs;
  const cpuMs = cpuSince(cpu);
  const heapBytesPerObject = (heapInUse() - heapBefore) / objectCount;
  return { importMs, syncMs, cpuMs, heapBytesPerObject, residentMiB: process.memoryUsage.rss() / bytesPerMiB };
}

/** Tells, unasked, when the last change has come. */
function changed(): void {
  changes += 1;
  if (changes === 1) {
    firstMs = clock.monotonic();
    cpuAtFirst = process.cpuUsage();
  }
  if (changes !== changeCount) return;
  const report: ChangeReport = { eventsMs: clock.monotonic() - firstMs, cpuMs: cpuSince(cpuAtFirst) };
  process.send?.(report);
}

async function read(): Promise<ReadReport> {
  const cpu = process.cpuUsage();
  const startMs = clock.monotonic();
  for (let index = 0; index < readCount; index += 1) await subject.read(`object-${index}`);
  return { readsMs: clock.monotonic() - startMs, cpuMs: cpuSince(cpu) };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Needs --expose-gc, which whoever forks this gives. */
function heapInUse(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
