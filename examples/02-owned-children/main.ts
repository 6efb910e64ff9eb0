/** Children in order: a website's text, then its pods; a Service once it is to be seen, which goes when it is not. */
import {
  ConfigMap,
  controller,
  defineKind,
  dependent,
  dependents,
  dependentsCondition,
  Deployment,
  reconcileDependents,
  run,
  s,
  Service,
  setCondition,
} from '@canaryop/reconcile';

export const Website = defineKind({
  group: 'examples.canaryop.io',
  version: 'v1',
  kind: 'Website',
  spec: s.object({
    image: s.string({ maxLength: 200 }).default('atzedevries/go-status-code-server:v1'),
    replicas: s.int({ minimum: 1, maximum: 10 }).default(1),
    text: s.string({ maxLength: 200 }).default('hello'),
    exposed: s.boolean().default(false).describe('Whether it has a Service.'),
  }),
  status: s.object({ conditions: s.conditions().optional() }),
  printerColumns: [{ name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' }],
});

const text = dependent(Website, {
  name: 'text',
  kind: ConfigMap,
  desired: ({ metadata, spec }) => ({ metadata: { name: `${metadata.name}-text` }, data: { text: spec.text } }),
});
const pods = dependent(Website, {
  name: 'pods',
  kind: Deployment,
  after: [text],
  desired({ metadata: { name }, spec: { image, replicas } }, ready) {
    const labels = { website: name };
    const envFrom = [{ configMapRef: { name: ready.of(text)?.metadata.name ?? '' } }];
    const template = { metadata: { labels }, spec: { containers: [{ name: 'server', image, envFrom }] } };
    return { metadata: { name, labels }, spec: { replicas, selector: { matchLabels: labels }, template } };
  },
  readyWhen: ({ status }, { spec }) =>
    (status?.availableReplicas ?? 0) >= spec.replicas || `${status?.availableReplicas ?? 0} of ${spec.replicas} pods`,
});
const door = dependent(Website, {
  name: 'door',
  kind: Service,
  after: [pods],
  activeWhen: ({ spec }) => spec.exposed,
  desired: ({ metadata: { name } }) => ({
    metadata: { name },
    spec: { selector: { website: name }, ports: [{ port: 80, targetPort: 8080 }] },
  }),
});
const children = dependents(Website, [text, pods, door]);

export const websites = controller('websites')
  .for(Website)
  .dependents(children)
  .reconcile(async (key, context) => {
    const website = context.lister(Website).get(key);
    if (website === undefined || website.metadata.deletionTimestamp !== undefined) return;
    const state = await reconcileDependents(context, children, website);
    const ready = dependentsCondition(state, 'Ready');
    const conditions = setCondition(website.status?.conditions, ready, context.clock.now());
    await context.client.updateStatus(Website, state.primary, { conditions });
  });

if (import.meta.main) {
  if (process.argv.includes('--crd')) process.stdout.write(JSON.stringify(Website.crd()));
  else await run({ fieldManager: 'websites', controllers: [websites] });
}
