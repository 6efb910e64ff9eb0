import type { Bench, Benchmark, Figure } from '../benchmark.ts';
import { changeCount, objectCount, readCount } from '../informer/config-maps.ts';
import { measureInformer, type InformerFigures } from '../informer/measure-informer.ts';

/** Our informer beside the usual one. */
export const peers: Benchmark = {
  name: 'peers',
  measures:
    `this library and @kubernetes/client-node, one after the other, each in a process of its own on loopback TLS to ` +
    `the same simkube: ${objectCount} ConfigMaps loaded, ${changeCount} of them changed at once, ${readCount} reads of one object ` +
    'after the other. Wall-clock times include the server, which is the same for both; ratios are client-node / ours',
  run,
};

interface Row {
  readonly what: string;
  readonly unit: string;
  readonly of: (figures: InformerFigures) => number;
}

const rows: readonly Row[] = [
  { what: 'import', unit: 'ms', of: ({ sync }) => sync.importMs },
  { what: 'first list', unit: 'ms', of: ({ sync }) => sync.syncMs },
  { what: 'first list, CPU', unit: 'ms', of: ({ sync }) => sync.cpuMs },
  { what: 'heap per object', unit: 'bytes', of: ({ sync }) => sync.heapBytesPerObject },
  { what: 'resident memory after it', unit: 'MiB', of: ({ sync }) => sync.residentMiB },
  { what: `${changeCount} events`, unit: 'ms', of: ({ changes }) => changes.eventsMs },
  { what: 'CPU per event', unit: 'µs', of: ({ changes }) => (changes.cpuMs * 1000) / changeCount },
  { what: `${readCount} reads`, unit: 'ms', of: ({ reads }) => reads.readsMs },
  { what: 'CPU per read', unit: 'µs', of: ({ reads }) => (reads.cpuMs * 1000) / readCount },
  { what: `connections of ${readCount} reads`, unit: '', of: ({ readConnections }) => readConnections },
];

async function run(bench: Bench): Promise<readonly Figure[]> {
  const ours = await measureInformer(bench, 'reconcile');
  const theirs = await measureInformer(bench, 'client-node');
  return rows.flatMap(({ what, unit, of }) => {
    const [own, other] = [of(ours), of(theirs)];
    const values: Figure[] = [
      { what: `${what}: ours`, value: own, unit },
      { what: `${what}: client-node`, value: other, unit },
    ];
    return own > 0 ? [...values, { what: `${what}: ratio`, value: other / own, unit: 'x' }] : values;
  });
}
