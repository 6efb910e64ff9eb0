import { describe, expect, it } from 'vitest';

import { silentLogger } from '../env/logger.ts';
import { ConfigMap } from '../kinds/core-v1.ts';
import { answerAdmission, admissionRequestOf, type AdmissionResponse } from './admission-review.ts';
import {
  mutatingWebhook,
  validatingWebhook,
  type AdmissionRequest,
  type AdmissionVerdict,
  type AdmissionWebhook,
} from './admission.ts';

const object = (data: object): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'n' },
  data: data as Record<string, string>,
});
const wire = {
  uid: 'u1',
  operation: 'UPDATE',
  name: 'a',
  namespace: 'n',
  object: object({ b: '2' }),
  oldObject: object({ b: '1' }),
  dryRun: true,
  userInfo: { username: 'jane', groups: ['devs'] },
};

const reader = { get: () => Promise.resolve(undefined), list: () => Promise.resolve([]) };

async function answered(webhook: AdmissionWebhook, more: object = {}): Promise<AdmissionResponse> {
  const context = { signal: new AbortController().signal, log: silentLogger, reader };
  return (await answerAdmission(webhook, { ...wire, ...more }, context)).response;
}
const judging = (verdict: AdmissionVerdict) => validatingWebhook(ConfigMap, { validate: () => verdict });
const completing = (change: (before: ConfigMap) => ConfigMap | undefined) =>
  mutatingWebhook(ConfigMap, { mutate: ({ object: before }) => change(before) });
const patchOf = ({ patch = '' }: AdmissionResponse): unknown => JSON.parse(Buffer.from(patch, 'base64').toString());

describe('a verdict', () => {
  it.each<[string, AdmissionVerdict, object]>([
    ['that says nothing allows', undefined, { uid: 'u1', allowed: true }],
    ['without errors allows', [], { uid: 'u1', allowed: true }],
    [
      'that is a text forbids',
      'not on Fridays',
      { uid: 'u1', allowed: false, status: { code: 403, reason: 'Forbidden', message: 'not on Fridays' } },
    ],
    [
      'may have another reason',
      { message: 'come again', reason: 'Conflict' },
      { uid: 'u1', allowed: false, status: { code: 409, reason: 'Conflict', message: 'come again' } },
    ],
    [
      'of fields names each of them',
      [{ path: 'data.b', message: 'must be 1' }],
      {
        uid: 'u1',
        allowed: false,
        status: {
          code: 422,
          reason: 'Invalid',
          message: 'ConfigMap "a" is invalid: data.b: must be 1',
          details: {
            name: 'a',
            kind: 'ConfigMap',
            causes: [{ reason: 'FieldValueInvalid', field: 'data.b', message: 'must be 1' }],
          },
        },
      },
    ],
  ])('%s', async (_what, verdict, response) => {
    expect(await answered(judging(verdict))).toEqual(response);
  });
});

describe('a webhook', () => {
  it('is told who does what to which object', async () => {
    const seen: AdmissionRequest<ConfigMap>[] = [];
    const webhook = validatingWebhook(ConfigMap, {
      validate(request) {
        seen.push(request);
        request.warn('soon to be refused');
        return undefined;
      },
    });
    expect((await answered(webhook)).warnings).toEqual(['soon to be refused']);
    expect(seen[0]).toMatchObject({
      operation: 'UPDATE',
      name: 'a',
      namespace: 'n',
      isDryRun: true,
      user: { username: 'jane', groups: ['devs'] },
      object: { data: { b: '2' } },
      previous: { data: { b: '1' } },
    });
    await answered(webhook, { operation: 'DELETE', object: null });
    expect(seen[1]).toMatchObject({ operation: 'DELETE', object: { data: { b: '1' } } });
    expect(seen[1]).not.toHaveProperty('previous');
  });

  it.each<[string, (before: ConfigMap) => ConfigMap | undefined, unknown]>([
    [
      'adds',
      (before) => ({ ...before, data: { ...before.data, 'a/~': 'x' } }),
      [{ op: 'add', path: '/data/a~1~0', value: 'x' }],
    ],
    ['replaces', (before) => ({ ...before, data: { b: '3' } }), [{ op: 'replace', path: '/data/b', value: '3' }]],
    ['removes', (before) => ({ ...before, data: {} }), [{ op: 'remove', path: '/data/b' }]],
  ])('that completes %s what is different, by a JSON patch', async (_what, change, operations) => {
    const response = await answered(completing(change));
    expect(response).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    expect(patchOf(response)).toEqual(operations);
  });

  it('sends no patch where nothing is different', async () => {
    const same = { uid: 'u1', allowed: true };
    expect(await answered(completing(() => undefined))).toEqual(same);
    expect(await answered(completing((before) => structuredClone(before)))).toEqual(same);
  });

  it('that throws refuses, and keeps its words to itself', async () => {
    const webhook = validatingWebhook(ConfigMap, {
      validate() {
        throw new Error('secret');
      },
    });
    const response = await answered(webhook);
    expect(response).toMatchObject({ uid: 'u1', allowed: false, status: { code: 500 } });
    expect(JSON.stringify(response)).not.toContain('secret');
    expect(await answered(judging(undefined), { object: null, oldObject: null })).toMatchObject({ allowed: false });
  });

  it.each([
    ['no map', 'x'],
    ['another version', { apiVersion: 'admission.k8s.io/v1beta1', request: wire }],
    ['no uid', { apiVersion: 'admission.k8s.io/v1', request: { operation: 'CREATE' } }],
    ['an operation that is none', { apiVersion: 'admission.k8s.io/v1', request: { uid: 'u', operation: 'EAT' } }],
  ])('is not asked by a review with %s', (_what, review) => {
    expect(admissionRequestOf(review)).toBeUndefined();
  });
});

describe('the declaration of a webhook', () => {
  it("has kubebuilder's path, or, for a second one of a kind, that of its name", () => {
    expect(judging(undefined)).toMatchObject({ path: '/validate-core-v1-configmap', name: 'validate.configmaps.core' });
    const named = validatingWebhook(ConfigMap, { name: 'size.config.demo.io', validate: () => undefined });
    expect(named.path).toBe('/validate/size.config.demo.io');
    expect(() => validatingWebhook(ConfigMap, { name: 'size', validate: () => undefined })).toThrow(
      'webhook "size": its name must be a domain with at least two dots',
    );
  });
});
