import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

import { dateOf } from '../env/time.ts';
import type { Certificate } from './certificate.ts';

/** What is to be certified. */
export interface CertificateRequest {
  /** Common name. */
  readonly name: string;
  /** DNS names and IP addresses under which a server is reached; empty for an authority. */
  readonly hosts: readonly string[];
  /** Wall clock. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether other certificates may be signed with it. @default false */
  readonly isAuthority?: boolean;
  /** Who signs. Absent: the certificate signs itself. */
  readonly issuer?: Certificate;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes an ECDSA P-256 key and a certificate for it. */
export async function issueCertificate(request: CertificateRequest): Promise<Certificate> {
  // Loaded only where it is needed, and in this order: the decorators of x509 want the metadata functions to be there.
  await import('reflect-metadata');
  const { default: x509 } = await import('@peculiar/x509');
  const { name, hosts, issuer, isAuthority = false } = request;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = [{ CN: [name] }];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject,
      issuer: issuer === undefined ? subject : new x509.X509Certificate(issuer.cert).subjectName,
      notBefore: dateOf(request.notBeforeMs),
      notAfter: dateOf(request.notAfterMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: issuer === undefined ? keys.privateKey : await privateKey(issuer.key),
      extensions: isAuthority
        ? [
            new x509.BasicConstraintsExtension(true, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
          ]
        : [
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName)),
          ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}

function alternativeName(value: string): { readonly type: 'dns' | 'ip'; readonly value: string } {
  return { type: isIP(value) === 0 ? 'dns' : 'ip', value };
}

function privateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/gu, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}
