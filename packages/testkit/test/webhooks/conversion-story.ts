import { sleep } from '@canaryop/reconcile/env';
import { certificateAuthority } from '@canaryop/simkube/tls';

import { comparable } from './comparable.ts';
import type { Outcomes, StoryServer } from './outcomes.ts';
import { startWebhookServer, type Reply, type Review } from './webhook-server.ts';
import { send, type Answer } from './wire.ts';

const group = 'story.example.com';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const widgets = (version: string): string => `/apis/${group}/${version}/namespaces/default/widgets`;

const object = (properties: object): object => ({ type: 'object', properties });
const status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const integer = { type: 'integer' };
const text = { type: 'string' };

/** One version: `size` of v1 is `count` of the others, and v2 has a field of its own, with a default. */
const versionOf = (name: string, count: string, fields: object = {}): Loose & { readonly name: string } => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: {
    openAPIV3Schema: object({
      spec: object({
        [count]: integer,
        shared: text,
        ...(name === 'v2' ? { mood: { ...text, default: 'calm' } } : {}),
      }),
      status,
    }),
  },
  subresources: { status: {}, scale: { specReplicasPath: `.spec.${count}`, statusReplicasPath: '.status.count' } },
  additionalPrinterColumns: [{ name: name.toUpperCase(), type: 'integer', jsonPath: `.spec.${count}` }],
  ...fields,
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [
      versionOf('v1alpha1', 'count', { deprecated: true, deprecationWarning: 'v1alpha1 is a sketch' }),
      versionOf('v1', 'size'),
      versionOf('v1beta1', 'count', { deprecated: true }),
      versionOf('v2', 'count'),
      versionOf('v3alpha1', 'count', { served: false }),
    ],
  },
};

type Loose = Record<string, unknown>;
const field = (value: unknown, key: string): Loose => ((value as Loose | undefined)?.[key] ?? {}) as Loose;

/** `size` <-> `count`; what v1 lacks is kept in an annotation. */
function converted(original: Loose, apiVersion: string): Loose {
  const isOld = apiVersion.endsWith('/v1');
  const { size, count, mood, ...rest } = field(original, 'spec');
  const number = size ?? count;
  const metadata = field(original, 'metadata');
  const annotations = field(metadata, 'annotations');
  const kept = annotations['mood'] ?? mood;
  const withMood = isOld && mood !== undefined ? { annotations: { ...annotations, mood } } : {};
  return {
    ...original,
    apiVersion,
    metadata: { ...metadata, ...withMood },
    spec: {
      ...rest,
      ...(number === undefined ? {} : { [isOld ? 'size' : 'count']: number }),
      ...(isOld || kept === undefined ? {} : { mood: kept }),
    },
  };
}

/** How a webhook can be wrong about an object, by the annotation `mode`. */
const modes: Readonly<
  Record<
    string,
    (good: Loose) => { readonly objects?: readonly unknown[]; readonly result?: object; readonly uid?: string }
  >
> = {
  'says-why-not': () => ({ result: { status: 'Failure', message: 'I cannot' } }),
  'says-no': () => ({ result: { status: 'Failure' } }),
  'gives-none': () => ({ objects: [] }),
  'gives-two': (good) => ({ objects: [good, good] }),
  'other-uid-of-the-review': () => ({ uid: 'x' }),
  'other-version': (good) => ({ objects: [{ ...good, apiVersion: `${group}/v9` }] }),
  'other-kind': (good) => ({ objects: [{ ...good, kind: 'Gadget' }] }),
  'other-name': (good) => ({ objects: [{ ...good, metadata: { ...field(good, 'metadata'), name: 'x' } }] }),
  'other-uid': (good) => ({ objects: [{ ...good, metadata: { ...field(good, 'metadata'), uid: 'x' } }] }),
  'no-metadata': (good) => ({
    objects: [Object.fromEntries(Object.entries(good).filter(([key]) => key !== 'metadata'))],
  }),
  'bad-label': (good) => ({ objects: [{ ...good, metadata: { ...field(good, 'metadata'), labels: { a: '!' } } }] }),
  'odd-label': (good) => ({ objects: [{ ...good, metadata: { ...field(good, 'metadata'), labels: { a: 7 } } }] }),
  relabels: (good) => ({
    objects: [
      {
        ...good,
        metadata: { ...field(good, 'metadata'), labels: { a: 'b' }, finalizers: ['x.example.com/y'], generation: 99 },
      },
    ],
  }),
  unknown: (good) => ({ objects: [{ ...good, nonsense: 1 }] }),
};

function answer({ apiVersion, kind, request }: Review): Reply {
  const { uid, desiredAPIVersion, objects } = request as unknown as {
    uid: string;
    desiredAPIVersion: string;
    objects: Loose[];
  };
  const [original] = objects;
  const said = field(field(original, 'metadata'), 'annotations')['mode'];
  const mode = typeof said === 'string' ? said : '';
  const good = objects.map((each) => converted(each, desiredAPIVersion));
  const [first = {}] = good;
  if (mode === 'http-500') return { status: 500, body: 'it broke' };
  const {
    objects: convertedObjects = good,
    result = { status: 'Success' },
    uid: answered = uid,
  } = modes[mode]?.(first) ?? {};
  return { body: { apiVersion, kind, response: { uid: answered, result, convertedObjects } } };
}

/** Tells one server the story of a kind with several versions. */
export async function conversionStory({ env, connection }: StoryServer): Promise<Outcomes> {
  const authority = await certificateAuthority(env.clock.now());
  const hook = await startWebhookServer(await authority.server(['localhost'], ['127.0.0.1']), { '/convert': answer });
  const outcomes: Record<string, unknown> = {};
  const call = (method: string, path: string, body?: unknown, type?: string): Promise<Answer> =>
    send(connection, method, path, {
      ...(body === undefined ? {} : { body }),
      ...(type === undefined ? {} : { type }),
    });
  const merge = (path: string, body: object): Promise<Answer> =>
    call('PATCH', path, body, 'application/merge-patch+json');
  const record = (name: string, { status: code, headers, body }: Answer): Answer => {
    outcomes[name] = comparable({ status: code, warning: headers['warning'], body }, hook.port);
    return { status: code, headers, body };
  };
  const asked = (): number => hook.asked.get('/convert')?.length ?? 0;
  const until = async (isDone: () => Promise<boolean>): Promise<void> => {
    while (!(await isDone())) await sleep(env.timers, 20);
  };
  const widget = (version: string, name: string, spec: object, annotations?: object): object => ({
    apiVersion: `${group}/${version}`,
    kind: 'Widget',
    metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
    spec,
  });
  const own = `${definitions}/${definition.metadata.name}`;
  const apply = (version: string, name: string, manager: string, spec: object): Promise<Answer> =>
    call(
      'PATCH',
      `${widgets(version)}/${name}?fieldManager=${manager}`,
      widget(version, name, spec),
      'application/apply-patch+yaml',
    );

  try {
    const broken = {
      ...definition,
      spec: {
        ...definition.spec,
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v9'], clientConfig: { url: 'http://x' } },
        },
      },
    };
    record('a broken definition', await call('POST', definitions, broken));
    await call('POST', definitions, definition);
    for (const version of ['v1', 'v2', 'v1beta1', 'v1alpha1']) {
      await until(async () => (await call('GET', widgets(version))).status === 200);
    }
    outcomes['stored versions'] = field((await call('GET', own)).body, 'status')['storedVersions'];
    await until(async () => {
      const { versions } = (await call('GET', `/apis/${group}`)).body as { versions?: readonly unknown[] };
      return versions?.length === 4;
    });
    record('discovery', await call('GET', `/apis/${group}`));
    record('not served', await call('GET', widgets('v3alpha1')));

    record('none: create v1', await call('POST', widgets('v1'), widget('v1', 'plain', { size: 1, shared: 'a' })));
    record('none: get v2', await call('GET', `${widgets('v2')}/plain`));
    record('none: get v1beta1', await call('GET', `${widgets('v1beta1')}/plain`));
    record('none: get v1alpha1', await call('GET', `${widgets('v1alpha1')}/plain`));
    record('none: merge v2', await merge(`${widgets('v2')}/plain`, { spec: { count: 2, shared: 'b' } }));
    record('none: get v1', await call('GET', `${widgets('v1')}/plain`));

    const caBundle = Buffer.from(authority.certificate).toString('base64');
    const clientConfig = { url: `https://127.0.0.1:${hook.port}/convert`, caBundle };
    const webhook = { conversionReviewVersions: ['v1'], clientConfig };
    record('definition with a webhook', await merge(own, { spec: { conversion: { strategy: 'Webhook', webhook } } }));
    await until(async () => {
      await call('GET', `${widgets('v2')}/plain`);
      return asked() > 0;
    });
    record('get v2', await call('GET', `${widgets('v2')}/plain`));
    // A real server converts for its caches, too.
    const toV2 = hook.asked.get('/convert')?.filter((request) => request['desiredAPIVersion'] === `${group}/v2`);
    outcomes['told of a conversion'] = comparable(toV2?.at(-1), hook.port);
    record('create v2', await call('POST', widgets('v2'), widget('v2', 'second', { count: 3, mood: 'wild' })));
    record('read as v1', await call('GET', `${widgets('v1')}/second`));
    record(
      'put v2',
      await call('PUT', `${widgets('v2')}/second`, {
        ...(await call('GET', `${widgets('v2')}/second`)).body,
        spec: { count: 4, mood: 'wild' },
      }),
    );
    record('merge v1beta1', await merge(`${widgets('v1beta1')}/second`, { spec: { count: 5 } }));
    record('invalid v2', await merge(`${widgets('v2')}/second`, { spec: { mood: 7 } }));
    record('status v2', await merge(`${widgets('v2')}/second/status`, { status: { count: 5 } }));
    record('scale v2', await merge(`${widgets('v2')}/second/scale`, { spec: { replicas: 6 } }));
    record('list v2', await call('GET', widgets('v2')));
    record('apply v1', await apply('v1', 'applied', 'old', { size: 1, shared: 'x' }));
    record('apply v2 by another', await apply('v2', 'applied', 'new', { count: 2 }));
    record('apply v2 by the same', await apply('v2', 'applied', 'old', { count: 2 }));
    record('applied as v1', await call('GET', `${widgets('v1')}/applied`));
    record('merge v2 over an apply', await merge(`${widgets('v2')}/applied?fieldManager=m`, { spec: { count: 7 } }));
    record('delete v2', await call('DELETE', `${widgets('v2')}/applied`));

    for (const mode of ['http-500', ...Object.keys(modes)]) {
      await call('POST', widgets('v1'), widget('v1', 'wrong', { size: 1 }, { mode }));
      record(`get v2 ${mode}`, await call('GET', `${widgets('v2')}/wrong`));
      await call('DELETE', `${widgets('v1')}/wrong`);
    }
    const wrong = await call('POST', widgets('v2'), widget('v2', 'wrong', { count: 1 }, { mode: 'says-why-not' }));
    record('create v2 that cannot be stored', wrong);

    const versions = definition.spec.versions.map((version) => ({ ...version, storage: version.name === 'v2' }));
    const switched = record('definition stored as v2', await merge(own, { spec: { versions } }));
    outcomes['stored versions afterwards'] = field(switched.body, 'status')['storedVersions'];
    // A real server takes a moment; then what changes nothing rewrites the object in its new version.
    const versionIn = ({ body }: Answer): unknown => field(body, 'metadata')['resourceVersion'];
    const old = await call('GET', `${widgets('v1')}/second`);
    let rewritten = old;
    await until(async () => {
      rewritten = await call('PUT', `${widgets('v1')}/second`, rewritten.body);
      return versionIn(rewritten) !== versionIn(old);
    });
    outcomes['and not again'] =
      versionIn(await call('PUT', `${widgets('v1')}/second`, rewritten.body)) !== versionIn(rewritten);
    record('without v1', await merge(own, { spec: { versions: versions.filter((version) => version.name !== 'v1') } }));
    record('without v1 in the status', await merge(`${own}/status`, { status: { storedVersions: ['v2'] } }));
    return outcomes;
  } finally {
    for (const name of ['plain', 'second', 'applied', 'wrong']) await call('DELETE', `${widgets('v2')}/${name}`);
    await call('DELETE', own);
    await hook.close();
  }
}
