import { lookup } from 'node:dns/promises';

/** The addresses of a name, as the system resolves it. */
export async function lookUp(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}
