import { defineKind, s } from '@canaryop/reconcile';
import { kindVersions, olderVersion } from '@canaryop/reconcile/versions';

const shared = {
  group: 'sites.demo.io',
  kind: 'Site',
  status: s.object({ url: s.string().optional() }),
} as const;

export const Site = defineKind({
  ...shared,
  version: 'v1',
  spec: s
    .object({
      host: s.string({ maxLength: 253, format: 'hostname' }),
      tier: s.enum(['free', 'paid']).default('free'),
      pages: s.record(s.string({ maxLength: 200 }), { maxProperties: 20 }).default({}),
      replicas: s.int({ minimum: 0, maximum: 9 }).optional().describe('Left to whoever scales when it is absent.'),
    })
    .rule('self.host == oldSelf.host', 'a site keeps its host; make another one', { fieldPath: '.host' })
    .rule("self.tier == 'paid' || self.pages.size() <= 5", 'more than five pages are for paid sites'),
});

export const SiteV1beta1 = defineKind({
  ...shared,
  version: 'v1beta1',
  spec: s.object({ host: s.string({ maxLength: 253, format: 'hostname' }), beta: s.boolean().optional() }),
});

export const versions = kindVersions(Site, [
  olderVersion(Site, SiteV1beta1, {
    up: ({ spec, ...body }) => ({ ...body, spec: { host: spec.host, tier: 'free' as const, pages: {} } }),
    down: ({ spec, ...body }) => ({ ...body, spec: { host: spec.host } }),
    deprecated: 'use v1',
  }),
]);
