import { InvalidArgumentError } from 'commander';

const maxPort = 65_535;

/** The number of a port flag. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= maxPort) return port;
  throw new InvalidArgumentError(`it must be a number from 0 to ${maxPort}`);
}
