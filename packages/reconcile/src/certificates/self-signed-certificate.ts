import type { Certificate } from './certificate.ts';
import { issueCertificate } from './issue-certificate.ts';

const dayMs = 86_400_000;

/**
 * A certificate that signs itself, for scrapes whose client does not verify: it keeps listeners out, and says nothing
 * about who answers. Valid for a year from a day ago.
 * @param nowMs wall clock.
 */
export function selfSignedCertificate(hosts: readonly string[], nowMs: number): Promise<Certificate> {
  return issueCertificate({
    name: hosts[0] ?? 'metrics',
    hosts,
    notBeforeMs: nowMs - dayMs,
    notAfterMs: nowMs + 365 * dayMs,
  });
}
