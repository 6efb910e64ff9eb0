import type { Env } from '../env/env.ts';
import { sleep } from '../env/timers.ts';
import type { Certificate } from '../certificates/certificate.ts';
import { hasOwnKey } from '../certificates/read-certificate.ts';

/** Where a server's certificate comes from. */
export interface CertificateSource {
  /** Calls `use` with a certificate, and with each that follows it, until `signal` aborts. Never rejects. */
  run(use: (certificate: Certificate) => void, signal: AbortSignal): Promise<void>;
  /** What keeps a certificate from coming, or from being renewed; undefined while all is well. */
  readonly problem: string | undefined;
}

const reloadMs = 60_000;
const retryMs = 5000;

/**
 * Certificates that somebody else makes and renews, as cert-manager does in a mounted Secret: read again every minute.
 * What cannot be read, or whose key is not its own, as when it is half written, leaves the last good one in use.
 */
export function loadedCertificates(env: Env, load: () => Promise<Certificate>): CertificateSource {
  let problem: string | undefined;
  let latest: string | undefined;
  const attempt = async (use: (certificate: Certificate) => void): Promise<void> => {
    try {
      const certificate = await load();
      if (!hasOwnKey(certificate)) throw new Error('the key is not that of the certificate');
      problem = undefined;
      if (certificate.cert === latest) return;
      latest = certificate.cert;
      use(certificate);
    } catch (error) {
      const message = `the certificate cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      if (message !== problem) env.log.warn('the certificate of the webhooks cannot be read; trying again', { error });
      problem = message;
    }
  };
  return {
    get problem() {
      return problem;
    },
    async run(use, signal) {
      while (!signal.aborted) {
        await attempt(use);
        await sleep(env.timers, problem === undefined ? reloadMs : retryMs, signal);
      }
    },
  };
}
