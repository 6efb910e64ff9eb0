import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { configMap, widget, widgetDefinition } from '../widgets.ts';
import { KubectlSession } from './kubectl.ts';
import { deployment, service } from './manifests.ts';

let kubectl: KubectlSession;
beforeAll(async () => {
  kubectl = await KubectlSession.start({
    podLogs: () => logLines(),
  });
});
afterAll(async () => {
  await kubectl[Symbol.asyncDispose]();
});

async function* logLines(): AsyncGenerator<string> {
  await Promise.resolve();
  yield 'one\n';
  yield 'two\n';
}

const create = (...objects: readonly object[]): Promise<string> =>
  kubectl.ok('create -f -', { stdin: objects.map((each) => JSON.stringify(each)).join('\n') });

describe('kubectl', () => {
  it('sees a server of a known version, its kinds and who it is', async () => {
    const [version, kinds, who] = await Promise.all([
      kubectl.ok('version'),
      kubectl.ok('api-resources --no-headers'),
      kubectl.ok('auth whoami -o jsonpath={.status.userInfo.username}'),
    ]);
    expect(version).toContain('Server Version: v1.36.3');
    expect(kinds).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/mu);
    expect(who).toBe('kubernetes-admin');
  });

  it('gets tables, wide tables, names and YAML', async () => {
    await create(deployment('shown'), service('shown'));
    const [table, wide, names, yaml] = await Promise.all([
      kubectl.ok('get deploy shown'),
      kubectl.ok('get deploy shown -o wide --no-headers'),
      kubectl.ok('get deploy,svc -l app=shown -o name'),
      kubectl.ok('get svc shown -o yaml'),
    ]);
    expect(table).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nshown +0\/2 +0 +0 +\d+s$/u);
    expect(wide).toMatch(/main +nginx:1\.25 +app=shown$/u);
    expect(names).toBe('deployment.apps/shown');
    expect(yaml).toMatch(/clusterIP: 10\.96\.\d+\.\d+/u);
  });

  it('describes and explains', async () => {
    await create(deployment('described'));
    const [described, explained, recursive] = await Promise.all([
      kubectl.ok('describe deploy described'),
      kubectl.ok('explain deployment.spec.strategy'),
      kubectl.ok('explain service.spec --recursive'),
    ]);
    expect(described).toContain('25% max unavailable, 25% max surge');
    expect(explained).toContain('rollingUpdate\t<RollingUpdateDeployment>');
    expect(recursive).toContain('targetPort\t<IntOrString>');
  });

  it('patches in three ways', async () => {
    await create(configMap('patched', { a: '1' }), deployment('patched'));
    await kubectl.ok(['patch', 'cm', 'patched', '--type', 'merge', '-p', '{"data":{"b":"2"}}']);
    await kubectl.ok(['patch', 'cm', 'patched', '--type', 'json', '-p', '[{"op":"remove","path":"/data/a"}]']);
    const strategic = { spec: { template: { spec: { containers: [{ name: 'side', image: 's:1' }] } } } };
    await kubectl.ok(['patch', 'deploy', 'patched', '-p', JSON.stringify(strategic)]);
    expect(await kubectl.ok('get cm patched -o jsonpath={.data}')).toBe('{"b":"2"}');
    expect((await kubectl.ok('get deploy patched -o jsonpath={..image}')).split(' ').sort()).toEqual([
      'nginx:1.25',
      's:1',
    ]);
  });

  it('labels, annotates, scales and sets images', async () => {
    await create(deployment('changed'));
    await kubectl.ok('label deploy changed tier=front');
    await kubectl.ok('annotate deploy changed note=here');
    await kubectl.ok('scale deploy changed --replicas=4');
    await kubectl.ok('set image deploy/changed main=nginx:2');
    const path =
      '{.metadata.labels.tier} {.metadata.annotations.note} {.spec.replicas} {..image} {.metadata.generation}';
    expect(await kubectl.ok(['get', 'deploy', 'changed', '-o', `jsonpath=${path}`])).toBe('front here 4 nginx:2 4');
  });

  it('edits with the editor of the user', async () => {
    await create(configMap('edited', { key: 'before' }));
    const editor = kubectl.file('editor.sh', '#!/bin/sh\nsed -i s/before/after/ "$1"\n', { executable: true });
    expect(await kubectl.ok('edit cm edited', { env: { EDITOR: editor } })).toBe('configmap/edited edited');
    expect(await kubectl.ok('get cm edited -o jsonpath={.data.key}')).toBe('after');
  });

  it('waits, watches and deletes', async () => {
    await create(configMap('watched'));
    const watching = kubectl.run('get cm watched --watch --output-watch-events --request-timeout=2s --no-headers');
    await kubectl.ok('wait --for=create cm/watched --timeout=5s');
    await expect
      .poll(() => kubectl.records.some(({ verb, path }) => verb === 'watch' && path.includes('configmaps')))
      .toBe(true);
    await kubectl.ok(['patch', 'cm', 'watched', '-p', '{"data":{"x":"1"}}']);
    await kubectl.ok('wait --for=jsonpath={.data.x}=1 cm/watched --timeout=5s');
    expect(await kubectl.ok('delete cm watched')).toBe('configmap "watched" deleted');
    const seen = (await watching).stdout.split('\n').map((line) => line.split(/ +/u).slice(0, 3).join(' '));
    expect(seen.filter((line) => line !== '')).toEqual(['ADDED watched 0', 'MODIFIED watched 1', 'DELETED watched 1']);
  });

  it('deletes in the foreground and waits for the end', async () => {
    await create(deployment('gone'));
    expect(await kubectl.ok('delete deploy gone --cascade=foreground --timeout=10s')).toContain('deleted');
    expect(await kubectl.fails('get deploy gone')).toBe(
      'Error from server (NotFound): deployments.apps "gone" not found',
    );
  });

  it('creates a namespace, an account, its rights and its token, and acts with them', async () => {
    await kubectl.ok('create namespace team');
    await kubectl.ok('create serviceaccount robot -n team');
    await kubectl.ok('create role reader --verb=get,list --resource=configmaps -n team');
    await kubectl.ok('create rolebinding reads --role=reader --serviceaccount=team:robot -n team');
    const robot = 'system:serviceaccount:team:robot';
    const [can, cannot, listed, refused, token] = await Promise.all([
      kubectl.run(`auth can-i list configmaps -n team --as ${robot}`),
      kubectl.run(`auth can-i delete configmaps -n team --as ${robot}`),
      kubectl.ok(`auth can-i --list -n team --as ${robot}`),
      kubectl.fails(`get pods -n team --as ${robot}`),
      kubectl.ok('create token robot -n team --duration=10m'),
    ]);
    expect([can.stdout.trim(), cannot.stdout.trim()]).toEqual(['yes', 'no']);
    expect(listed).toMatch(/^configmaps +\[\] +\[\] +\[get list\]$/mu);
    expect(refused).toBe(
      `Error from server (Forbidden): pods is forbidden: User "${robot}" cannot list resource "pods" in API group "" in the namespace "team"`,
    );
    const own = kubectl.file('robot.json', kubectl.server.serviceAccountKubeconfig('team', 'robot'));
    expect(await kubectl.ok(`get cm -o name --kubeconfig ${own}`)).toBe('');
    expect(token.split('.')).toHaveLength(3);
    expect(await kubectl.ok('delete namespace team --timeout=10s')).toBe('namespace "team" deleted');
  });

  it('shows events, of one object too', async () => {
    await create(configMap('eventful'), {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'eventful.1', namespace: 'default' },
      involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'eventful', namespace: 'default' },
      type: 'Normal',
      reason: 'Noticed',
      message: 'it happened',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
    const [listed, got] = await Promise.all([
      kubectl.ok('events --for cm/eventful'),
      kubectl.ok('get events --no-headers'),
    ]);
    expect(listed).toMatch(/Normal +Noticed +ConfigMap\/eventful +it happened/u);
    expect(got).toMatch(/Normal +Noticed +configmap\/eventful +it happened/u);
  });

  it('reads logs', async () => {
    await kubectl.ok('run talker --image=nginx');
    expect(await kubectl.ok('logs talker')).toBe('one\ntwo');
    expect(await kubectl.ok('logs -f talker')).toBe('one\ntwo');
  });

  it('installs a definition, and then knows the kind', async () => {
    expect(await kubectl.ok('apply -f -', { stdin: JSON.stringify(widgetDefinition) })).toContain('created');
    await kubectl.ok('wait --for condition=established crd/widgets.example.com --timeout=5s');
    await create(widget('w'));
    await kubectl.ok([
      'patch',
      'wd',
      'w',
      '--subresource=status',
      '--type=merge',
      '-p',
      '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}',
    ]);
    await kubectl.ok('wait wd/w --for=condition=Ready --timeout=5s');
    await kubectl.ok('scale wd w --replicas=3');
    const [table, explained, all] = await Promise.all([
      kubectl.ok('get wd'),
      kubectl.ok('explain widget.spec'),
      kubectl.ok('get all -o name'),
    ]);
    expect(table).toMatch(/^NAME +SIZE +READY +AGE\nw +3 +True +\d+s$/u);
    expect(explained).toMatch(/size\t<integer>\n +How many\./u);
    expect(all).toContain('widget.example.com/w');
  });
});
