import { join } from 'node:path';

import { startControlPlane, type ControlPlane } from '@canaryop/testkit/control-plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { verbs } from '../../src/rollout/command.ts';
import { kubectl, tryKubectl } from '../e2e/world/kubectl.ts';
import { until } from '../e2e/stage/until.ts';

const root = join(import.meta.dirname, '../../../..');
const restricted = ['promote', 'skip', 'bypass'];
const free = verbs.filter((verb) => !restricted.includes(verb));

let controlPlane: ControlPlane;
let id = 0;

const admin = (...args: readonly string[]): Promise<string> => kubectl(controlPlane.adminKubeconfig, args);

/** Annotates the sample as a user who may change CanaryApps, and is in these groups besides. Returns what was refused. */
async function askIn(namespace: string, text: string, ...groups: readonly string[]): Promise<string> {
  const as = ['--as=jane', ...['editors', 'system:authenticated', ...groups].map((group) => `--as-group=${group}`)];
  const annotate = [
    '-n',
    namespace,
    'annotate',
    'canaryapp',
    'canaryapp-sample',
    '--overwrite',
    `canary.atze.io/command=${text}`,
  ];
  const { code, stderr } = await tryKubectl(controlPlane.adminKubeconfig, [...as, ...annotate]);
  return code === 0 ? '' : stderr;
}

const ask = (text: string, ...groups: readonly string[]): Promise<string> => askIn('default', text, ...groups);

/** A request that nobody has made before. */
function request(verb: string): string {
  id += 1;
  return `${verb}@next#${id}`;
}

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllerManager: false });
  await admin('apply', '-f', join(root, 'config/crd/bases'));
  await admin('apply', '-f', join(root, 'examples/limited-user/role.yaml'));
  await admin('create', 'rolebinding', 'editors', '--role=canaryapp-editor-role', '--group=editors');
  await until('the kind is served', async () => {
    const { code } = await tryKubectl(controlPlane.adminKubeconfig, ['get', 'canaryapps']);
    return code === 0;
  });
  await admin('apply', '-f', join(root, 'config/samples/canary_v1_canaryapp.yaml'));
  await admin('apply', '-f', join(root, 'examples/restricted-verbs'));
  await until('the policy is in force', async () => (await ask(request('promote'))) !== '');
});

afterAll(async () => {
  await controlPlane.stop();
});

describe('the policy of restricted verbs', () => {
  it.each(restricted)('refuses %s to who may change CanaryApps, and says what it takes', async (verb) => {
    const refusal = await ask(request(verb));
    expect(refusal).toContain('canaryop-restricted-verbs');
    expect(refusal).toContain(`takes the right to ${verb} canaryapps in namespace default`);
  });

  it.each(restricted)('lets who has the right ask for %s', async (verb) => {
    expect(await ask(request(verb), 'releasers')).toBe('');
  });

  it.each(free)('leaves %s to all who may change CanaryApps', async (verb) => {
    expect(await ask(request(verb))).toBe('');
  });

  it('lets others change what they like while somebody’s request is there', async () => {
    expect(await ask(request('promote'), 'releasers')).toBe('');
    const patch = '{"spec":{"image":"atzedevries/go-status-code-server:v2"}}';
    const change = ['patch', 'canaryapp', 'canaryapp-sample', '--type=merge', `--patch=${patch}`];
    const args = ['--as=jane', '--as-group=editors', ...change];
    const { code, stderr } = await tryKubectl(controlPlane.adminKubeconfig, args);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('lets nobody make a CanaryApp that asks at once', async () => {
    const manifest = JSON.parse(
      await admin(
        'create',
        '--dry-run=client',
        '-o',
        'json',
        '-f',
        join(root, 'config/samples/canary_v1_canaryapp.yaml'),
      ),
    ) as { metadata: object };
    const annotations = { 'canary.atze.io/command': request('promote') };
    const early = { ...manifest, metadata: { name: 'early', namespace: 'default', annotations } };
    const create = ['--as=jane', '--as-group=editors', 'create', '-f', '-'];
    const { code, stderr } = await tryKubectl(controlPlane.adminKubeconfig, create, JSON.stringify(early));
    expect(code).not.toBe(0);
    expect(stderr).toContain('takes the right to promote canaryapps');
  });

  it('asks for the right in the namespace of the CanaryApp', async () => {
    await admin('create', 'namespace', 'elsewhere');
    await admin('create', 'clusterrole', 'edit-canaryapps', '--verb=get,patch', '--resource=canaryapps.canary.atze.io');
    await admin(
      '-n',
      'elsewhere',
      'create',
      'rolebinding',
      'editors',
      '--clusterrole=edit-canaryapps',
      '--group=editors',
    );
    await admin('-n', 'elsewhere', 'apply', '-f', join(root, 'config/samples/canary_v1_canaryapp.yaml'));
    expect(await askIn('elsewhere', request('promote'), 'releasers')).toContain('canaryapps in namespace elsewhere');
    expect(await askIn('elsewhere', request('abort'), 'releasers')).toBe('');
  });
});
