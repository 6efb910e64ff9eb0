import { startSampleServer } from './sample-server.ts';

const version = process.argv[2] ?? process.env['VERSION'] ?? 'v1';
const port = Number(process.env['PORT'] ?? 8088);

const server = await startSampleServer({ version, port });
process.stdout.write(`Starting server at port ${server.port}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void server.stop();
  });
}
