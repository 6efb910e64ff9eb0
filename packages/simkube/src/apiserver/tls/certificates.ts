import { webcrypto } from 'node:crypto';

import { dateOf } from '@canaryop/reconcile/env';
import type * as X509 from '@peculiar/x509';

/** A certificate and its private key, in PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes certificates that one CA signs, for the life of one server. */
export interface CertificateAuthority {
  /** The CA's own certificate, in PEM. */
  readonly certificate: string;
  /** For a server that is reached under these DNS names and IP addresses. */
  server(names: readonly string[], addresses: readonly string[]): Promise<KeyedCertificate>;
  /** For a client: Kubernetes reads the common name as the user and the organizations as its groups. */
  client(user: string, groups: readonly string[]): Promise<KeyedCertificate>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const lifetimeDays = 365;

type Library = typeof X509;

/** Loaded when a server listens: in-process servers need no certificate, and the library installs a global polyfill. */
async function library(): Promise<Library> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  return x509;
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

interface Issue {
  readonly serial: number;
  readonly subject: X509.JsonName;
  readonly extensions: readonly X509.Extension[];
}

/** A new CA, under this common name. Its certificates are valid from a day before `nowMs` for a year. */
export async function certificateAuthority(nowMs: number, name = 'simkube-ca'): Promise<CertificateAuthority> {
  const x509 = await library();
  const validity = { notBefore: dateOf(nowMs - dayMs), notAfter: dateOf(nowMs + lifetimeDays * dayMs) };
  const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
    webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const caKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ CN: [name] }],
    ...validity,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });

  async function issue({ serial, subject, extensions }: Issue): Promise<KeyedCertificate> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial.toString(16).padStart(2, '0'),
      subject,
      issuer: ca.subject,
      ...validity,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [...extensions],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { certificate: `${certificate.toString('pem')}\n`, key: pem('PRIVATE KEY', key) };
  }

  let serial = 1;
  const nextSerial = (): number => (serial += 1);
  return {
    certificate: `${ca.toString('pem')}\n`,
    server: (names, addresses) =>
      issue({
        serial: nextSerial(),
        subject: [{ CN: ['kube-apiserver'] }],
        extensions: [
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension([
            ...names.map((value) => ({ type: 'dns' as const, value })),
            ...addresses.map((value) => ({ type: 'ip' as const, value })),
          ]),
        ],
      }),
    client: (user, groups) =>
      issue({
        serial: nextSerial(),
        subject: [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))],
        extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
      }),
  };
}
