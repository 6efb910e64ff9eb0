import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';

import { parsePort } from './port-option.ts';

describe('a port flag', () => {
  it.each([
    ['0', 0],
    ['8090', 8090],
    ['65535', 65_535],
  ])('takes %s', (text, port) => {
    expect(parsePort(text)).toBe(port);
  });

  it.each(['', '65536', '-1', '80a', '1e3', ' 80', '8.5'])('refuses %j', (text) => {
    expect(() => parsePort(text)).toThrow(InvalidArgumentError);
  });
});
