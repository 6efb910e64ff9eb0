import { webcrypto } from 'node:crypto';

import { dateOf } from '../env/time.ts';

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;

/**
 * A certificate that signs itself, for scrapes whose client does not verify: it keeps listeners out, and says nothing
 * about who answers. Valid for a year from a day ago.
 * @param nowMs wall clock.
 */
export async function selfSignedCertificate(hosts: readonly string[], nowMs: number): Promise<Certificate> {
  // Loaded only where it is needed, and in this order: the decorators of x509 want the metadata functions to be there.
  await import('reflect-metadata');
  const { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${hosts[0] ?? 'metrics'}`,
      notBefore: dateOf(nowMs - dayMs),
      notAfter: dateOf(nowMs + 365 * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns', value })))],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
}
