import { CanaryApp } from '../api/v1/canaryapp.ts';
import { finalizer } from '../api/v1/names.ts';
import type { Write } from './write.ts';

/** Whether the application waits for us before it goes. */
export function isHeld({ metadata }: CanaryApp): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** The write that adds or removes our finalizer, and leaves those of others. */
export function finalizerWrite(app: CanaryApp, change: 'add' | 'remove'): Write {
  const others = (app.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  const finalizers = change === 'add' ? [...others, finalizer] : others;
  return { verb: 'patch', kind: CanaryApp, live: app, patch: { metadata: { finalizers } } };
}
