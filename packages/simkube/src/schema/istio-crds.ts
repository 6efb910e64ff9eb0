import { istioCrdTexts } from './generated/istio-crds.ts';
import type { JsonObject } from './structural-schema.ts';

/** The CustomResourceDefinitions of networking.istio.io that simkube can install: as in istio.io/api, no descriptions. */
export function istioCrds(): readonly JsonObject[] {
  return Object.values(istioCrdTexts).map((text) => JSON.parse(text) as JsonObject);
}
