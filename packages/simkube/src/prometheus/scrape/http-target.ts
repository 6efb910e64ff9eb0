import type { Transport } from '@canaryop/reconcile/env';

import type { MetricSample } from '../metric-sample.ts';
import { expositionContentType, parseExposition } from './exposition.ts';
import type { ScrapeTarget } from './scrape-target.ts';

/** Larger answers are a failed scrape. */
const maxBodyBytes = 64 * 1024 * 1024;

/** Where a target serves its metrics. */
export interface HttpTargetOptions {
  readonly job: string;
  /** Absolute http URL; its host and port are the label `instance`. */
  readonly url: string;
  readonly transport: Transport;
}

/** A target that serves the text format over HTTP. Anything but a 200 is a failed scrape. */
export function httpTarget({ job, url, transport }: HttpTargetOptions): ScrapeTarget {
  return { job, instance: new URL(url).host, collect: (signal) => fetchSamples(transport, url, signal) };
}

async function fetchSamples(transport: Transport, url: string, signal: AbortSignal): Promise<readonly MetricSample[]> {
  const headers = { accept: expositionContentType };
  const response = await transport.request({ method: 'GET', url, headers, signal });
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error(`${url}: more than ${maxBodyBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  if (response.status !== 200) throw new Error(`${url}: server returned HTTP status ${response.status}`);
  const result = parseExposition(text);
  if (!result.ok) throw new Error(`${url}: ${result.error}`);
  return result.samples;
}
