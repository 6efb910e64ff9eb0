import { Agent, get } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { startSampleServer, type SampleServer } from './sample-server.ts';

const running: SampleServer[] = [];
const keepAlive = new Agent({ keepAlive: true });

async function start(version: string): Promise<SampleServer> {
  const server = await startSampleServer({ version, port: 0, host: '127.0.0.1' });
  running.push(server);
  return server;
}

function ask(port: number, path: string, agent = keepAlive): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(`${response.statusCode} ${body}`));
    }).on('error', reject);
  });
}

afterEach(() => {
  for (const server of running.splice(0)) server.destroy();
});

describe('the sample server', () => {
  it.each([
    ['/hello', '200 Hello! v2'],
    ['/hello?x=1', '200 Hello! v2'],
    ['/nothello', '500 NotHello! v2'],
    ['/', '404 404 page not found\n'],
  ])('answers %s with %j', async (path, expected) => {
    const server = await start('v2');
    expect(await ask(server.port, path)).toBe(expected);
  });

  it('stops although a client keeps its connection, and is refused from then on', async () => {
    const server = await start('v1');
    await ask(server.port, '/hello');
    await server.stop();
    await expect(ask(server.port, '/hello', new Agent())).rejects.toThrow('ECONNREFUSED');
  });

  it('says so when its port is taken', async () => {
    const { port } = await start('v1');
    await expect(startSampleServer({ version: 'v2', port, host: '127.0.0.1' })).rejects.toThrow('EADDRINUSE');
  });
});
