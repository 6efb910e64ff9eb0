import { sleep } from '@canaryop/reconcile/env';
import { certificateAuthority } from '@canaryop/simkube/tls';

import { comparable } from './comparable.ts';
import type { Outcomes, StoryServer } from './outcomes.ts';
import { answering, patching, startWebhookServer, type Webhook } from './webhook-server.ts';
import { send, type Answer } from './wire.ts';

const configurations = '/apis/admissionregistration.k8s.io/v1';
const namespace = 'webhook-story';
const home = `/api/v1/namespaces/${namespace}`;
const configMaps = `${home}/configmaps`;
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;

const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
const allow = answering({ allowed: true });
const note = (key: string): Webhook => patching({ op: 'add', path: `/data/${key}`, value: key });

/** The validating ones, by path. A webhook is asked about objects that have its name as the label `hook`. */
const validating: Readonly<Record<string, readonly [webhook: Webhook, fields?: object]>> = {
  allow: [allow],
  deny: [answering({ allowed: false, status: { message: 'no', reason: 'Nope', code: 418, details: { kind: 'x' } } })],
  'deny-silently': [answering({ allowed: false })],
  'deny-as-success': [answering({ allowed: false, status: { status: 'Success', code: 200, reason: 'Odd' } })],
  warn: [answering({ allowed: true, warnings: ['one', 'two "quoted"', 'one'] })],
  'patch-too': [patching({ op: 'add', path: '/data/x', value: 'x' })],
  'wrong-uid': [answering({ allowed: true, uid: 'another' })],
  'no-response': [({ apiVersion, kind }) => ({ body: { apiVersion, kind } })],
  'no-kind': [({ request }) => ({ body: { response: { uid: request.uid, allowed: true } } })],
  'old-version': [
    ({ kind, request }) => ({
      body: { apiVersion: 'admission.k8s.io/v1beta1', kind, response: { uid: request.uid, allowed: true } },
    }),
  ],
  empty: [() => ({ body: '' })],
  missing: [() => ({ status: 404, body: 'not here' })],
  broken: [() => ({ status: 500, body: 'it broke\n' })],
  'says-status': [
    () => ({
      status: 400,
      body: { apiVersion: 'v1', kind: 'Status', status: 'Failure', message: 'bad you', code: 400 },
    }),
  ],
  silent: [() => undefined, { timeoutSeconds: 1 }],
  'silent-ignored': [() => undefined, { timeoutSeconds: 1, failurePolicy: 'Ignore' }],
  'broken-ignored': [() => ({ status: 500, body: 'x' }), { failurePolicy: 'Ignore' }],
  conditional: [allow, { matchConditions: [{ name: 'c', expression: 'object.data.missing == "x"' }] }],
  'never-meant': [
    answering({ allowed: false }),
    { matchConditions: [{ name: 'c', expression: 'request.userInfo.username == "nobody"' }] },
  ],
};

const mutating: Readonly<Record<string, readonly [webhook: Webhook, fields?: object]>> = {
  label: [
    patching({ op: 'add', path: '/metadata/labels/by', value: 'webhook' }, { op: 'add', path: '/data/x', value: 'y' }),
  ],
  'm-dry': [note('dry'), { sideEffects: 'NoneOnDryRun' }],
  invalid: [patching({ op: 'add', path: '/metadata/labels/by', value: 'not a label!' })],
  'cannot-apply': [patching({ op: 'test', path: '/data/own', value: 'x' })],
  'no-list': [answering({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from('{}').toString('base64') })],
  'no-type': [answering({ allowed: true, patch: Buffer.from('[]').toString('base64') })],
  'type-only': [answering({ allowed: true, patchType: 'JSONPatch' })],
  'other-type': [
    answering({ allowed: true, patchType: 'MergePatch', patch: Buffer.from('[{"op":"x"}]').toString('base64') }),
  ],
  unreadable: [patching({ op: 'replace', path: '/data', value: 7 })],
  unknown: [patching({ op: 'add', path: '/nonsense', value: 7 })],
  again: [note('first'), { reinvocationPolicy: 'IfNeeded' }],
  'then-again': [note('second'), { objectSelector: { matchLabels: { hook: 'again' } } }],
  renames: [patching({ op: 'add', path: '/metadata/name', value: 'renamed' })],
  owners: [patching({ op: 'replace', path: '/metadata/managedFields', value: [{ manager: 'x' }] })],
  scale: [
    patching({ op: 'replace', path: '/spec/replicas', value: 5 }),
    { objectSelector: {}, rules: [{ ...everything, resources: ['deployments/scale'] }] },
  ],
  'delete-patch': [
    patching({ op: 'add', path: '/data', value: {} }),
    { rules: [{ ...everything, operations: ['DELETE'] }] },
  ],
};

/** Tells one server the story of its webhooks. */
export async function admissionStory({ env, connection }: StoryServer): Promise<Outcomes> {
  const authority = await certificateAuthority(env.clock.now());
  const stranger = await certificateAuthority(env.clock.now());
  const paths = Object.entries({ ...validating, ...mutating }).map(
    ([name, [webhook]]) => [`/${name}`, webhook] as const,
  );
  const hooks = await startWebhookServer(
    await authority.server(['localhost'], ['127.0.0.1']),
    Object.fromEntries(paths),
  );
  const outcomes: Record<string, unknown> = {};
  const call = (method: string, path: string, options: Parameters<typeof send>[3] = {}): Promise<Answer> =>
    send(connection, method, path, options);
  const record = (name: string, { status, headers, body }: Answer): Answer => {
    outcomes[name] = comparable({ status, warning: headers['warning'], body }, hooks.port);
    return { status, headers, body };
  };
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  const url = `https://127.0.0.1:${hooks.port}`;
  const webhook = (name: string, fields: object = {}): object => ({
    name: `${name}.story.example.com`,
    clientConfig: { url: `${url}/${name}`, caBundle },
    rules: [everything],
    objectSelector: { matchLabels: { hook: name } },
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...fields,
  });
  const made = (sort: Readonly<Record<string, readonly [Webhook, object?]>>): object[] =>
    Object.entries(sort).map(([name, [, fields]]) => webhook(name, fields));
  const unreachable = [
    webhook('refused', { clientConfig: { url: 'https://127.0.0.1:9/x', caBundle } }),
    webhook('untrusted', { clientConfig: { url, caBundle: Buffer.from(stranger.certificate).toString('base64') } }),
    webhook('no-service', { clientConfig: { service: { namespace, name: 'nowhere', path: '/a' } } }),
  ];
  const post = (path: string, kind: string, body: object): Promise<Answer> =>
    call('POST', `${configurations}/${path}`, {
      body: { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'story' }, ...body },
    });
  const configMap = (hook: string, fields: object = {}): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: hook, labels: { hook } },
    data: { own: '1' },
    ...fields,
  });

  try {
    await call('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    });
    record(
      'configuration',
      await post('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', {
        webhooks: [...made(validating), ...unreachable],
      }),
    );
    await post('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', { webhooks: made(mutating) });
    // A real server learns of them by a watch.
    const isReady = async (hook: string): Promise<boolean> => {
      await call('POST', `${configMaps}?dryRun=All`, { body: configMap(hook) });
      return hooks.asked.has(`/${hook}`);
    };
    for (const hook of ['warn', 'label']) {
      while (!(await isReady(hook))) await sleep(env.timers, 20);
    }

    // Side by side, as some take their time.
    const first = [...Object.keys(validating), 'refused', 'untrusted', 'no-service'];
    const answers = await Promise.all(first.map((hook) => call('POST', configMaps, { body: configMap(hook) })));
    for (const [at, answer] of answers.entries()) record(`create ${first[at]}`, answer);
    for (const hook of Object.keys(mutating).filter(
      (name) => !['scale', 'delete-patch', 'then-again'].includes(name),
    )) {
      record(`create ${hook}`, await call('POST', `${configMaps}?fieldManager=story`, { body: configMap(hook) }));
    }
    record(
      'dry run',
      await call('POST', `${configMaps}?dryRun=All`, {
        body: configMap('m-dry', { metadata: { name: 'dry', labels: { hook: 'm-dry' } } }),
      }),
    );
    const generated = { metadata: { generateName: 'label-', labels: { hook: 'label' } } };
    await call('POST', configMaps, { body: configMap('label', generated) });
    outcomes['told of a generated name'] = comparable(hooks.asked.get('/label')?.at(-1), hooks.port);

    const one = `${configMaps}/allow`;
    const count = (path: string): number => hooks.asked.get(path)?.length ?? 0;
    const before = count('/allow');
    const merge = 'application/merge-patch+json';
    record(
      'merge',
      await call('PATCH', `${one}?fieldManager=m&fieldValidation=Strict`, {
        body: { data: { more: '1' } },
        type: merge,
      }),
    );
    outcomes['told of a merge'] = comparable(hooks.asked.get('/allow')?.at(-1), hooks.port);
    await call('PATCH', one, { body: { data: { more: '1' } }, type: merge });
    outcomes['asked about what changes nothing'] = count('/allow') - before;
    const stale = { metadata: { name: 'allow', labels: { hook: 'allow' }, resourceVersion: '1' } };
    record('stale', await call('PUT', one, { body: configMap('allow', stale) }));
    const apply = 'application/apply-patch+yaml';
    const applied = configMap('label', { metadata: { name: 'applied', labels: { hook: 'label' } } });
    record('apply', await call('PATCH', `${configMaps}/applied?fieldManager=applier`, { body: applied, type: apply }));
    outcomes['told of an apply'] = comparable(hooks.asked.get('/label')?.at(-1), hooks.port);
    const asked = count('/label');
    record(
      'apply again',
      await call('PATCH', `${configMaps}/applied?fieldManager=applier`, { body: applied, type: apply }),
    );
    outcomes['asked about an apply that changes nothing'] = count('/label') - asked;
    record('remove label', await call('PATCH', one, { body: { metadata: { labels: { hook: null } } }, type: merge }));
    outcomes['told of a lost label'] = comparable(hooks.asked.get('/allow')?.at(-1), hooks.port);

    await call('PATCH', one, { body: { metadata: { labels: { hook: 'allow' } } }, type: merge });
    record('delete', await call('DELETE', `${one}?propagationPolicy=Background`));
    outcomes['told of a deletion'] = comparable(hooks.asked.get('/allow')?.at(-1), hooks.port);
    await call('POST', configMaps, { body: configMap('delete-patch') });
    record('delete with a patch', await call('DELETE', `${configMaps}/delete-patch`));
    await call('POST', configMaps, { body: configMap('allow') });
    record(
      'delete all',
      await call('DELETE', `${configMaps}?labelSelector=hook%3Dallow`, {
        body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 },
      }),
    );
    outcomes['told of one of all'] = comparable(hooks.asked.get('/allow')?.at(-1), hooks.port);

    const labels = { hook: 'allow' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', labels },
      spec: { replicas: 0, selector: { matchLabels: labels }, template },
    };
    await call('POST', deployments, { body: deployment });
    record('scale', await call('PATCH', `${deployments}/d/scale`, { body: { spec: { replicas: 0 } }, type: merge }));
    outcomes['told of a scale'] = comparable(hooks.asked.get('/scale')?.at(-1), hooks.port);
    return outcomes;
  } finally {
    await call('DELETE', `${configurations}/validatingwebhookconfigurations/story`);
    await call('DELETE', `${configurations}/mutatingwebhookconfigurations/story`);
    await call('DELETE', `/api/v1/namespaces/${namespace}`);
    await hooks.close();
  }
}
