import type { Certificate } from '../certificates/certificate.ts';
import { issueCertificate } from '../certificates/issue-certificate.ts';
import {
  certificatesIn,
  coversHosts,
  hasOwnKey,
  isSignedBy,
  readCertificate,
} from '../certificates/read-certificate.ts';
import {
  clockSkewMs,
  type CertificateLifetimes,
  type RotationStep,
  type RotationView,
} from '../certificates/rotation.ts';
import type { Secret } from '../kinds/core-v1.ts';

/** What the Secret holds: whom callers trust, what signs, and what the server shows. All PEM. */
export interface IssuedCertificates {
  /** The newest last. */
  readonly authorities: readonly string[];
  /** Of the newest authority. */
  readonly authorityKey: string;
  readonly serving: Certificate;
}

/** Reads the Secret; undefined when there is none, or nothing in it that could sign. */
export function issuedCertificates(secret: Secret | undefined): IssuedCertificates | undefined {
  const text = (key: string): string => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
  const authorities = certificatesIn(text('ca.crt')).filter((cert) => readCertificate(cert) !== undefined);
  const authorityKey = text('ca.key');
  const newest = authorities.at(-1);
  if (newest === undefined || !hasOwnKey({ cert: newest, key: authorityKey })) return undefined;
  return { authorities, authorityKey, serving: { cert: text('tls.crt'), key: text('tls.key') } };
}

/** As the Secret's data. */
export function secretData({
  authorities,
  authorityKey,
  serving,
}: IssuedCertificates): Readonly<Record<string, string>> {
  const texts = {
    'ca.crt': authorities.join(''),
    'ca.key': authorityKey,
    'tls.crt': serving.cert,
    'tls.key': serving.key,
  };
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
}

/** What callers are told to trust, as configurations carry it. */
export function caBundleOf({ authorities }: IssuedCertificates): string {
  return Buffer.from(authorities.join('')).toString('base64');
}

/** Whether a `caBundle` has the newest authority in it. */
export function trustsNewest({ authorities }: IssuedCertificates, caBundle: string | undefined): boolean {
  const bundle = Buffer.from(caBundle ?? '', 'base64').toString('utf8');
  return certificatesIn(bundle).includes(authorities.at(-1) ?? '');
}

/** What of the rotation is not in the Secret. */
export interface RotationContext extends Pick<RotationView, 'isNewestTrusted' | 'settleMs'> {
  readonly hosts: readonly string[];
}

/** What the rotation is decided on. */
export function rotationView(
  { authorities, serving }: IssuedCertificates,
  { hosts, isNewestTrusted, settleMs }: RotationContext,
): RotationView {
  const facts = hasOwnKey(serving) ? readCertificate(serving.cert) : undefined;
  return {
    authorities: authorities.flatMap((cert) => readCertificate(cert) ?? []),
    isNewestTrusted,
    settleMs,
    ...(facts === undefined
      ? {}
      : {
          serving: {
            ...facts,
            isSignedByNewest: isSignedBy(serving.cert, authorities.at(-1) ?? ''),
            coversHosts: coversHosts(serving.cert, hosts),
          },
        }),
  };
}

/** Who is certified, for how long. */
export interface IssueOptions {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly lifetimes: CertificateLifetimes;
  readonly nowMs: number;
}

/** Makes what a step asks for. */
export async function carryOutRotation(
  step: Exclude<RotationStep, { readonly type: 'wait' }>,
  before: IssuedCertificates | undefined,
  options: IssueOptions,
): Promise<IssuedCertificates> {
  if (before === undefined || step.type === 'begin') {
    const { cert, key } = await newAuthority(options);
    return { authorities: [cert], authorityKey: key, serving: await newServing({ cert, key }, options) };
  }
  switch (step.type) {
    case 'add-authority': {
      const { cert, key } = await newAuthority(options);
      return { ...before, authorities: [...before.authorities, cert], authorityKey: key };
    }
    case 'issue':
      return {
        ...before,
        serving: await newServing({ cert: before.authorities.at(-1) ?? '', key: before.authorityKey }, options),
      };
    case 'forget-expired': {
      const isValid = (cert: string): boolean => (readCertificate(cert)?.notAfterMs ?? 0) > options.nowMs;
      return { ...before, authorities: before.authorities.filter(isValid) };
    }
    default:
      return step satisfies never;
  }
}

function newAuthority({ name, nowMs, lifetimes }: IssueOptions): Promise<Certificate> {
  return issueCertificate({
    // Each has a name of its own, so that a chain names the one that signed it.
    name: `${name} webhooks ${nowMs}`,
    hosts: [],
    isAuthority: true,
    notBeforeMs: nowMs - clockSkewMs,
    notAfterMs: nowMs + lifetimes.authorityMs,
  });
}

function newServing(issuer: Certificate, { hosts, nowMs, lifetimes }: IssueOptions): Promise<Certificate> {
  return issueCertificate({
    name: hosts[0] ?? 'webhooks',
    hosts,
    issuer,
    notBeforeMs: nowMs - clockSkewMs,
    notAfterMs: nowMs + lifetimes.servingMs,
  });
}
