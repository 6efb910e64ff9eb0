/** Certificates: made, read, and replaced before they expire. */
export { certificateFiles } from './certificate-files.ts';
export type { Certificate } from './certificate.ts';
export { issueCertificate, type CertificateRequest } from './issue-certificate.ts';
export {
  certificatesIn,
  coversHosts,
  hasOwnKey,
  isSignedBy,
  readCertificate,
  type CertificateFacts,
} from './read-certificate.ts';
export {
  clockSkewMs,
  defaultLifetimes,
  nextRotationStep,
  type CertificateLifetimes,
  type RotationStep,
  type RotationView,
} from './rotation.ts';
export { selfSignedCertificate } from './self-signed-certificate.ts';
