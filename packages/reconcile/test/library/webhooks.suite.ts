import { describe, expect, it } from 'vitest';

import { isForbidden, isInvalid, type ApiError } from '@canaryop/reconcile/client';
import { ConfigMap, Secret } from '@canaryop/reconcile/kinds';
import { operatorPermissions } from '@canaryop/reconcile/manager';
import { compareAccess, recordAccess, rightsOf } from '@canaryop/reconcile/rbac';
import { mutatingWebhook, validatingWebhook } from '@canaryop/reconcile/webhook';

import { grantAll, grantEverywhere } from './grants.ts';
import { present, type Sharing } from './share.ts';
import { fingerprint, managerOf, only, probes, secretOf, serve, webhooksOf } from './webhooks-world.ts';

/** What the library's webhooks promise, on whichever server asks them. */
export function webhooksSuite(share: Sharing): void {
  describe('webhooks', () => {
    it(
      'refuse what they judge to be wrong, in the words of the webhook, and let the rest be',
      share(async (test) => {
        const { client } = test;
        await serve(test, [
          validatingWebhook(ConfigMap, {
            ...only(test),
            validate({ object, operation, previous, user, warn }) {
              if (object.data?.['text'] === 'old') warn('old is old-fashioned');
              if (object.data?.['text'] === 'bad') return [{ path: 'data.text', message: 'must not be bad' }];
              if (operation === 'UPDATE' && previous?.data?.['lock'] === 'yes') return 'a locked ConfigMap stays';
              return object.data?.['text'] === 'whose' ? `${user.username} ${operation}` : undefined;
            },
          }),
        ]);
        await client.create(ConfigMap, test.configMap('good', { text: 'old', lock: 'yes' }));
        const bad = await refusal(client.create(ConfigMap, test.configMap('bad', { text: 'bad' })));
        expect(isInvalid(bad)).toBe(true);
        expect(bad.message).toContain('data.text: must not be bad');
        const whose = await refusal(client.create(ConfigMap, test.configMap('whose', { text: 'whose' })));
        expect(isForbidden(whose)).toBe(true);
        expect(whose.message).toMatch(/admission webhook "[^"]+" denied the request: \S+ CREATE/u);
        const live = present(await client.get(ConfigMap, test.key('good')));
        const locked = await refusal(client.patch(ConfigMap, live, { data: { text: 'new' } }));
        expect(locked.message).toContain('a locked ConfigMap stays');
        // Deletions are not asked about unless the webhook says so.
        await client.delete(ConfigMap, live);
      }),
    );

    it(
      'complete objects before they are judged and stored',
      share(async (test) => {
        const { client } = test;
        await serve(test, [
          mutatingWebhook(ConfigMap, {
            ...only(test),
            mutate: ({ object }) =>
              object.data?.['text'] === undefined
                ? { ...object, data: { ...object.data, text: 'made/up~' } }
                : undefined,
          }),
          validatingWebhook(ConfigMap, {
            ...only(test),
            validate: ({ object }) => (object.data?.['text'] === undefined ? 'no text' : undefined),
          }),
        ]);
        const made = await client.create(ConfigMap, test.configMap('a', { other: 'x' }));
        expect(made.data).toEqual({ other: 'x', text: 'made/up~' });
        expect((await client.create(ConfigMap, test.configMap('b', { text: 'mine' }))).data).toEqual({ text: 'mine' });
      }),
    );

    it(
      'see other objects as they are on the server, of the kinds that they declared and no others',
      share(async (test) => {
        const { client } = test;
        await serve(test, [
          validatingWebhook(ConfigMap, {
            ...only(test),
            reads: [ConfigMap],
            async validate({ object, reader }) {
              const parent = object.data?.['parent'];
              if (parent === undefined) return undefined;
              if (parent === 'secret') await reader.list(Secret);
              const found = await reader.get(ConfigMap, test.key(parent));
              return found === undefined ? `there is no ${parent}` : undefined;
            },
          }),
        ]);
        const orphan = await refusal(client.create(ConfigMap, test.configMap('a', { parent: 'b' })));
        expect(orphan.message).toContain('there is no b');
        await client.create(ConfigMap, test.configMap('b'));
        // At once: a cache could be behind.
        await client.create(ConfigMap, test.configMap('a', { parent: 'b' }));
        const prying = await refusal(client.create(ConfigMap, test.configMap('c', { parent: 'secret' })));
        expect(prying.message).toContain('failed; its log tells more');
      }),
    );

    it(
      'that throw refuse the write, and tell the user where to look and nothing else',
      share(async (test) => {
        await serve(test, [
          validatingWebhook(ConfigMap, {
            ...only(test),
            validate: () => {
              throw new Error('password: hunter2');
            },
          }),
        ]);
        const error = await refusal(test.client.create(ConfigMap, test.configMap('a')));
        expect(error.message).toContain('failed; its log tells more');
        expect(error.message).not.toContain('hunter2');
      }),
    );

    it(
      'get new certificates and new authorities, while not one write fails',
      share(async (test) => {
        const { client } = test;
        const lifetimes = { authorityMs: 9000, servingMs: 4000, settleMs: 500 };
        const { manager } = await serve(
          test,
          [validatingWebhook(ConfigMap, { ...only(test), validate: () => undefined })],
          lifetimes,
        );
        const shown = new Set<string>();
        const trusted = new Set<string>();
        let count = 0;
        while (shown.size < 4 || trusted.size < 2) {
          count += 1;
          await client.create(ConfigMap, test.configMap(`a${count}`));
          shown.add(await fingerprint(present(manager.ports['webhooks'])));
          const secret = present(await client.get(Secret, secretOf(test)));
          trusted.add(secret.data?.['ca.crt'] ?? '');
          await test.server.pause(100);
          expect(count).toBeLessThan(300);
        }
      }),
      60_000,
    );

    it(
      'need the rights that are derived from them, and no more',
      share(async (test) => {
        const admission = [validatingWebhook(ConfigMap, { ...only(test), validate: () => undefined })];
        const { own, cluster } = operatorPermissions([], {
          webhooks: { name: managerOf(test), admission: [...admission, ...probes(test)] },
        });
        await grantAll(test, 'webhooks', own);
        await grantEverywhere(test, 'webhooks', cluster);
        const recorder = recordAccess((await test.server.connectionAs('webhooks')).transport);
        const connection = { ...test.server.connection, transport: recorder.transport };
        await serve(test, admission, undefined, { connection });
        expect([...recorder.refused]).toEqual([]);
        expect(compareAccess(rightsOf([...own, ...cluster]), recorder.used)).toEqual({
          // A server without streaming lists is asked for them. The Secret is patched when it is renewed.
          unused: [
            'list /secrets',
            'list admissionregistration.k8s.io/mutatingwebhookconfigurations',
            'list admissionregistration.k8s.io/validatingwebhookconfigurations',
            'patch /secrets',
          ],
          missing: [],
        });
      }),
    );

    it(
      'of two replicas show one certificate, whoever made it',
      share(async (test) => {
        const webhooks = [validatingWebhook(ConfigMap, { ...only(test), validate: () => undefined })];
        const first = await webhooksOf(test, webhooks);
        const second = await webhooksOf(test, webhooks);
        const managers = [first, second].map(({ options }) => test.run(options).manager);
        await test.until(() => managers.every(({ ports }) => ports['webhooks'] !== undefined));
        const prints = await Promise.all(managers.map(({ ports }) => fingerprint(present(ports['webhooks']))));
        expect(new Set(prints).size).toBe(1);
      }),
    );
  });
}

async function refusal(write: Promise<unknown>): Promise<ApiError> {
  return write.then(
    () => {
      throw new Error('the write was not refused');
    },
    (error: ApiError) => error,
  );
}
