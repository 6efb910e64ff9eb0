import { describe, expect, it } from 'vitest';

import { isAllowedName } from './external-name.ts';

describe('an external name', () => {
  it.each(['green.example.com', 'shop.other.svc.cluster.local', 'a', '7up.example.com', '1.2.3.example', 'x0x1'])(
    'may be %s',
    (name) => {
      expect(isAllowedName(name)).toBe(true);
    },
  );

  it.each([
    '127.0.0.1',
    '169.254.169.254',
    '169.254.169.254.',
    '::1',
    'fe80::1',
    // What resolvers take for an address as well: fewer parts, one number, octal, hexadecimal.
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f000001',
    '0xa9.0xfe.0xa9.0xfe',
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    'localhost.localdomain',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    'metadata.google.internal',
    'metadata.internal',
    'instance-data',
    'instance-data.ec2.internal',
  ])('may not be %s, where no traffic may be sent', (name) => {
    expect(isAllowedName(name)).toBe(false);
  });
});
