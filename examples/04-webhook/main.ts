/** Writes that are judged and completed, and a kind in two versions: the size of a room used to be "3x4". */
import { controller, defineKind, mutatingWebhook } from '@canaryop/reconcile';
import { kindVersions, olderVersion } from '@canaryop/reconcile/versions';
import { run, s, validatingWebhook } from '@canaryop/reconcile';
import { webhookClientConfig, webhookConfigurations } from '@canaryop/reconcile/webhook';

const shared = {
  group: 'examples.canaryop.io',
  kind: 'Room',
  status: s.object({ squareMetres: s.int().optional() }),
} as const;
export const RoomV1beta1 = defineKind({
  ...shared,
  version: 'v1beta1',
  spec: s.object({ size: s.string({ maxLength: 20, pattern: '^(0|[1-9][0-9]{0,3})x(0|[1-9][0-9]{0,3})$' }) }),
});
const side = s.int({ minimum: 0, maximum: 9999 });
export const Room = defineKind({
  ...shared,
  version: 'v1',
  spec: s.object({ width: side, depth: side, floor: s.int().optional() }),
});

/** Controllers know v1 only. `floor`, for which v1beta1 has no word, is not lost on the way. */
export const versions = kindVersions(Room, [
  olderVersion(Room, RoomV1beta1, {
    up({ spec, ...body }) {
      const [width = 0, depth = 0] = spec.size.split('x').map(Number);
      return { ...body, spec: { width, depth } };
    },
    down: ({ spec, ...body }) => ({ ...body, spec: { size: `${spec.width}x${spec.depth}` } }),
    deprecated: true,
  }),
]);

/** Who made it: only the request knows. */
const complete = mutatingWebhook(Room, {
  operations: ['CREATE'],
  mutate({ object, user }) {
    const annotations = { ...object.metadata.annotations, 'examples.canaryop.io/by': user.username };
    return { ...object, metadata: { ...object.metadata, annotations } };
  },
});
const judge = validatingWebhook(Room, {
  validate({ object: { spec }, warn }) {
    if (spec.floor === undefined) warn('without a floor nobody will find it');
    return spec.width * spec.depth > 1000 ? [{ path: 'spec', message: 'that is no room but a hall' }] : undefined;
  },
});
export const admission = [complete, judge];

export const rooms = controller('rooms')
  .for(Room)
  .reconcile(async (key, { client, lister }) => {
    const room = lister(Room).get(key);
    if (room !== undefined) await client.updateStatus(Room, room, { squareMetres: room.spec.width * room.spec.depth });
  });

/** Where the API server finds this process. In a cluster leave it out: it is a Service then. */
const place = { url: 'https://127.0.0.1:9443' };
/** What is installed: the kind in all its versions, and which writes are asked about. */
export const manifests = [
  versions.crd({ webhook: webhookClientConfig(place) }),
  ...webhookConfigurations(admission, { name: 'rooms', place }),
];

if (import.meta.main) {
  const secret = { namespace: 'default', name: 'rooms-webhook-certificate' };
  const webhooks = { admission, conversion: [versions], place, secret };
  if (process.argv.includes('--manifests'))
    process.stdout.write(manifests.map((each) => JSON.stringify(each)).join('\n'));
  else await run({ fieldManager: 'rooms', controllers: [rooms], webhooks });
}
