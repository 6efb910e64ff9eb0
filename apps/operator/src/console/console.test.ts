import { describe, expect, it } from 'vitest';

import type { CanaryApp, CanaryAppStatus } from '../api/v1/canaryapp.ts';
import { runOf } from '../../test/plan/situation.ts';
import { consoleSession, prompt, type ConsoleWorld } from './console.ts';

const app = (name: string, status: Partial<CanaryAppStatus> = {}): CanaryApp =>
  ({ metadata: { name, namespace: 'default' }, spec: {}, status }) as CanaryApp;

const bypass = { detail: 'bypass, request 1', time: '2026-01-01T00:00:00Z' };
const all = [app('cart', { bypass }), app('shop', { run: runOf('Shifting') }), app('till')];

function worldOf(parts: Partial<ConsoleWorld> = {}): ConsoleWorld & { readonly patches: object[] } {
  const patches: object[] = [];
  return {
    patches,
    apps: () => all,
    isLeader: () => true,
    patch: ({ metadata }, patch) => {
      patches.push({ of: metadata.name, ...patch });
      return Promise.resolve();
    },
    newId: () => 'console-1',
    ...parts,
  };
}

const asked = (of: string, text: string) => ({ of, metadata: { annotations: { 'canary.atze.io/command': text } } });
const list = '[0] *default/cart\n[1] ~default/shop\n[2] default/till\n';

describe('the console', () => {
  it('greets with its commands and the list', () => {
    const { greeting } = consoleSession(worldOf());
    expect(greeting).toContain("- ls : list services. '*' = bypassed, '~' = currently deploying");
    expect(greeting.endsWith(`List of services : \n${list}\n${prompt}`)).toBe(true);
  });

  it.each<[string, string, readonly object[]]>([
    ['ls', list, []],
    ['', '', []],
    [
      'bypass 2',
      "Next deployment of default/till will be done directly.\nCancel with 'nobypass default/till'",
      [asked('till', 'bypass@next#console-1')],
    ],
    ['nobypass 0', list, [asked('cart', 'nobypass@next#console-1')]],
    ['  abort   default/shop ', 'Aborting deployment of default/shop ...', [asked('shop', 'abort@next#console-1')]],
    ['abort 2', 'Nothing of default/till can be aborted.', []],
    ['bypass 9', 'Invalid command.', []],
    ['bypass', 'Invalid command.', []],
    ['bypass 0 1', 'Invalid command.', []],
    ['promote 0', 'Invalid command.', []],
    ['bypass other/till', 'Invalid command.', []],
    ['ls 0', 'Invalid command.', []],
  ])('answers %j', async (line, answer, patches) => {
    const world = worldOf();
    const said = await consoleSession(world).answer(line);
    expect(said).toBe(`${answer}\n${prompt}`);
    expect(world.patches).toEqual(patches);
  });

  it('means by a number what it has shown, though others came since', async () => {
    let apps: readonly CanaryApp[] = all;
    const world = worldOf({ apps: () => apps });
    const session = consoleSession(world);
    apps = [app('aardvark'), ...all];
    await session.answer('bypass 2');
    expect(world.patches).toEqual([asked('till', 'bypass@next#console-1')]);
    expect(await session.answer('ls')).toContain('[0] default/aardvark');
  });

  it('says when it was refused, and by whom', async () => {
    const world = worldOf({ patch: () => Promise.reject(new Error('bypass takes the right to bypass')) });
    expect(await consoleSession(world).answer('bypass 2')).toContain(
      'Refused: Error: bypass takes the right to bypass',
    );
  });

  it('asks nothing of a replica that stands by', async () => {
    const world = worldOf({ isLeader: () => false });
    expect(await consoleSession(world).answer('bypass 2')).toContain('ask the one that leads');
    expect(world.patches).toEqual([]);
  });
});
