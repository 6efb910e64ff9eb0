import { absent } from '../../../api/v1/config-checksum.ts';
import type { LiveObjects } from '../../../rollout/live-objects.ts';
import { digestKind, isOptedOut } from './config-digest.ts';
import { configKey, type ConfigRef } from './references.ts';

/** What can be told of the ConfigMaps and Secrets that a template refers to, at one moment. */
export interface SeenConfigs {
  /** Checksums by key; `absent` for what may be missing, and is. What is not tracked is not here. */
  readonly values: Readonly<Record<string, string>>;
  /** Needed, and not there. */
  readonly missing: readonly string[];
  /** Of a kind that can't be read here. */
  readonly unreadable: readonly string[];
  /** Secrets of types that are not tracked. */
  readonly unsuited: readonly { readonly key: string; readonly type: string }[];
}

/** Looks at every reference. */
export function seeConfigs(refs: readonly ConfigRef[], live: LiveObjects): SeenConfigs {
  const values: Record<string, string> = {};
  const missing: string[] = [];
  const unreadable: string[] = [];
  const unsuited: { key: string; type: string }[] = [];
  for (const ref of refs) {
    const key = configKey(ref);
    const kind = digestKind(ref);
    const digest = live.get(kind, ref.name);
    if (live.canRead?.(kind) === false) unreadable.push(key);
    else if (digest === undefined && ref.isOptional) values[key] = absent;
    else if (digest === undefined) missing.push(key);
    else if (isOptedOut(digest)) continue;
    else if (digest.checksum === undefined) unsuited.push({ key, type: digest.type ?? '' });
    else values[key] = digest.checksum;
  }
  return { values, missing, unreadable, unsuited };
}
