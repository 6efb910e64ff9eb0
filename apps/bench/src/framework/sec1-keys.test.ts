import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { withSec1Keys } from './sec1-keys.ts';

const kubeconfig = (key: KeyObject): string =>
  JSON.stringify(
    { users: [{ name: 'admin', user: { 'client-key-data': base64(key.export({ type: 'pkcs8', format: 'pem' })) } }] },
    undefined,
    2,
  );
const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const keyIn = (text: string): string =>
  Buffer.from(/client-key-data": "([^"]+)"/u.exec(text)?.[1] ?? '', 'base64').toString('utf8');

describe('the keys of a kubeconfig', () => {
  it('are the same ones in SEC 1, with all else as it is', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const before = kubeconfig(privateKey);
    const after = withSec1Keys(before);
    expect(keyIn(after)).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/u);
    expect(createPrivateKey(keyIn(after)).equals(privateKey)).toBe(true);
    expect(after.replace(base64(keyIn(after)), '')).toBe(before.replace(base64(keyIn(before)), ''));
  });

  it('are left alone where they are of RSA', () => {
    const before = kubeconfig(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    expect(withSec1Keys(before)).toBe(before);
  });
});
