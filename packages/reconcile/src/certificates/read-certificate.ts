import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

import { parseTime } from '../env/time.ts';
import type { Certificate } from './certificate.ts';

/** What of a certificate decides when it is replaced. */
export interface CertificateFacts {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const certificatePem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/** The certificates of a PEM file, each by itself. */
export function certificatesIn(bundle: string): readonly string[] {
  return [...bundle.matchAll(certificatePem)].map(([pem]) => `${pem}\n`);
}

/** The validity of a certificate; undefined for what is none. */
export function readCertificate(cert: string): CertificateFacts | undefined {
  const certificate = parse(cert);
  const notBeforeMs = parseTime(certificate?.validFrom);
  const notAfterMs = parseTime(certificate?.validTo);
  return notBeforeMs === undefined || notAfterMs === undefined ? undefined : { notBeforeMs, notAfterMs };
}

/** Whether a key is that of the certificate. */
export function hasOwnKey({ cert, key }: Certificate): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Whether `authority` signed `cert`. */
export function isSignedBy(cert: string, authority: string): boolean {
  const issuer = parse(authority);
  const certificate = parse(cert);
  if (issuer === undefined || certificate === undefined) return false;
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Whether a server with this certificate can be reached under each of these DNS names and IP addresses. */
export function coversHosts(cert: string, hosts: readonly string[]): boolean {
  const certificate = parse(cert);
  if (certificate === undefined) return false;
  return hosts.every((host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === host);
}

function parse(cert: string): X509Certificate | undefined {
  try {
    return new X509Certificate(cert);
  } catch {
    return undefined;
  }
}
