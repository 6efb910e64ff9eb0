/** A series as remote write carries it. `stale` points are staleness markers. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly timeMs: number; readonly value: number; readonly stale?: boolean }[];
}

/** Headers that a remote-write receiver requires. */
export const remoteWriteHeaders = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

/**
 * A remote-write 1.0 request. It is the only way to hand a real Prometheus chosen timestamps and staleness markers:
 * neither the text format nor OpenMetrics can express the latter.
 */
export function encodeWriteRequest(series: readonly WrittenSeries[]): Uint8Array {
  return snappyLiteral(Buffer.concat(series.map((entry) => bytesField(1, encodeSeries(entry)))));
}

function encodeSeries({ labels, points }: WrittenSeries): Buffer {
  const names = Object.keys(labels).sort();
  return Buffer.concat([
    ...names.map((name) =>
      bytesField(1, Buffer.concat([bytesField(1, Buffer.from(name)), bytesField(2, Buffer.from(labels[name] ?? ''))])),
    ),
    ...points.map((point) => bytesField(2, encodePoint(point))),
  ]);
}

function encodePoint({ timeMs, value, stale = false }: WrittenSeries['points'][number]): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x09;
  // Prometheus's marker is one NaN of many, told by its bits.
  if (stale) bytes.writeBigUInt64LE(0x7ff0000000000002n, 1);
  else bytes.writeDoubleLE(value, 1);
  return Buffer.concat([bytes, Buffer.from([0x10]), varint(timeMs)]);
}

function bytesField(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

/** Snappy's block format with literals only: valid, just not smaller. */
function snappyLiteral(content: Buffer): Uint8Array {
  const chunks: Buffer[] = [varint(content.length)];
  for (let start = 0; start < content.length; start += 0x10000) {
    const chunk = content.subarray(start, start + 0x10000);
    const header = Buffer.alloc(3);
    header[0] = 61 << 2;
    header.writeUInt16LE(chunk.length - 1, 1);
    chunks.push(header, chunk);
  }
  return Buffer.concat(chunks);
}
