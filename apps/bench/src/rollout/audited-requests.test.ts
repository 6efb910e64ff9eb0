import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { AuditedRequests } from './audited-requests.ts';

const line = (verb: string, resource: string, subresource?: string): string =>
  `${JSON.stringify({ verb, requestURI: '/apis', objectRef: { resource, subresource } })}\n`;

it('counts requests of an audit log by verb and resource, each once, without watches and leases', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'audited-requests-'));
  try {
    const path = join(folder, 'audit.log');
    await writeFile(path, line('get', 'pods') + line('watch', 'pods') + line('update', 'leases'));
    const requests = new AuditedRequests(path);
    expect(await requests.take()).toEqual({ 'get pods': 1 });
    await appendFile(path, line('patch', 'canaryapps', 'status').repeat(2) + '{"verb":"get","requ');
    expect(await requests.take()).toEqual({ 'patch canaryapps/status': 2 });
    await appendFile(path, 'estURI":"/readyz?verbose"}\n');
    expect(await requests.take()).toEqual({ 'get /readyz': 1 });
    expect(await requests.take()).toEqual({});
  } finally {
    await rm(folder, { recursive: true });
  }
});
