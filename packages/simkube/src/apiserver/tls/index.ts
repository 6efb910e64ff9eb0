/** A CA of one's own, and kubeconfigs that trust it: for whoever starts an API server, simulated or real. */
export { certificateAuthority, type CertificateAuthority, type KeyedCertificate } from './certificates.ts';
export { kubeconfigText, type KubeconfigCredentials } from './kubeconfig.ts';
