import type { Deployment } from '@canaryop/reconcile/kinds';
import { describe, expect, it } from 'vitest';

import { suffixedLabels } from './labelling.ts';
import { primaryCopy, primaryTemplate } from './primary-copy.ts';

const theirs = {
  'app.kubernetes.io/instance': 'shop-in-argo',
  'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment',
  'argocd.argoproj.io/sync-wave': '3',
  'kubectl.kubernetes.io/last-applied-configuration': '{}',
  'deployment.kubernetes.io/revision': '7',
  'deployment.kubernetes.io/desired-replicas': '2',
};

const target: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'shop',
    namespace: 'default',
    labels: { app: 'shop', tier: 'web', team: 'x', ...theirs },
    annotations: { owner: 'x', ...theirs },
  },
  spec: {
    replicas: 4,
    revisionHistoryLimit: 3,
    minReadySeconds: 7,
    strategy: { type: 'Recreate' },
    selector: { matchLabels: { app: 'shop', tier: 'web' } },
    template: {
      metadata: {
        labels: { app: 'shop', tier: 'web', colour: 'red', ...theirs },
        annotations: { scrape: 'yes', ...theirs },
      },
      spec: { containers: [{ name: 'shop', image: 'shop:v1' }] },
    },
  },
};

const template = primaryTemplate(target.spec?.template ?? {}, target.spec?.selector.matchLabels ?? {}, {
  labelling: suffixedLabels,
  revisionId: '1-abc',
  record: {},
});
const copy = primaryCopy({
  metadata: { name: 'shop-primary', namespace: 'default' },
  target,
  labelling: suffixedLabels,
  template,
  revisionId: '1-abc',
  record: {},
  replicas: 2,
});

describe('the copy that is primary', () => {
  it('has each label of the target’s selector with the suffix, on itself, its selector and its pods', () => {
    const selector = { app: 'shop-primary', tier: 'web-primary' };
    expect(copy.spec?.selector).toEqual({ matchLabels: selector });
    expect(copy.metadata.labels).toEqual({ ...selector, team: 'x' });
    expect(copy.spec?.template.metadata?.labels).toEqual({ ...selector, colour: 'red' });
  });

  it.each(Object.keys(theirs))('never has %s, neither as label nor as annotation, nor on its pods', (name) => {
    const { metadata } = copy.spec?.template ?? {};
    for (const map of [copy.metadata.labels, copy.metadata.annotations, metadata?.labels, metadata?.annotations])
      expect(Object.keys(map ?? {})).not.toContain(name);
    expect(copy.metadata.annotations).toMatchObject({ owner: 'x' });
    expect(metadata?.annotations).toEqual({ scrape: 'yes' });
  });

  it('asks for nothing that the target asks for by label and annotation', () => {
    const { metadata } = target;
    const labels = { ...metadata.labels, canary: 'true' };
    const annotations = { ...metadata.annotations, 'canary-image': 'shop:v2', 'canary-fail': 'x' };
    const asking = { ...target, metadata: { ...metadata, labels, annotations } };
    const parts = { labelling: suffixedLabels, revisionId: '1-abc', record: {} };
    expect(primaryCopy({ ...parts, metadata: copy.metadata, target: asking, template, replicas: 2 }).metadata).toEqual(
      copy.metadata,
    );
  });

  it('rolls without losing a pod, whatever the target’s strategy, and keeps the rest of its spec', () => {
    expect(copy.spec).toMatchObject({
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      revisionHistoryLimit: 3,
      minReadySeconds: 7,
    });
    expect(copy.spec?.template.spec).toEqual(target.spec?.template.spec);
  });
});
