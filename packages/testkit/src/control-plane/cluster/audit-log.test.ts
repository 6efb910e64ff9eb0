import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { readAuditLog } from './audit-log.ts';

it('reads the events of an audit log, and leaves a line out that is still being written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-log-'));
  try {
    const path = join(folder, 'audit.log');
    await writeFile(path, '');
    expect(await readAuditLog(path)).toEqual([]);
    await writeFile(path, '{"auditID":"a"}\n{"auditID":"b"}\n{"audit');
    expect((await readAuditLog(path)).map(({ auditID }) => auditID)).toEqual(['a', 'b']);
    await appendFile(path, 'ID":"c"}\n');
    expect((await readAuditLog(path)).map(({ auditID }) => auditID)).toEqual(['a', 'b', 'c']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
