import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { findProgram } from './find-program.ts';

let folder: string;
const path = process.env['PATH'] ?? '';

/** A `go` that knows versions, and whose compiler is done when the file `permitted` appears. */
const fakeGo = (script: string): string => `#!/bin/sh
case $1 in
  list) echo v1.2.3 ;;
  env) echo go1.26.0 ;;
  build)
    echo "$@" >> "${folder}/builds"
    folder=${folder}
    ${script} ;;
esac
`;

async function installGo(script: string): Promise<void> {
  await mkdir(join(folder, 'bin'));
  await executable(join(folder, 'bin/go'), fakeGo(script));
  process.env['PATH'] = `${join(folder, 'bin')}:${path}`;
}

async function executable(file: string, text: string): Promise<string> {
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

const builds = async (): Promise<readonly string[]> =>
  existsSync(join(folder, 'builds')) ? (await readFile(join(folder, 'builds'), 'utf8')).trim().split('\n') : [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-program-'));
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  delete process.env['KUBEBUILDER_ASSETS'];
});

afterEach(async () => {
  process.env['PATH'] = path;
  delete process.env['XDG_CACHE_HOME'];
  delete process.env['KUBEBUILDER_ASSETS'];
  await rm(folder, { recursive: true });
});

const makes = `printf '#!/bin/sh\\n' > "$3"; chmod +x "$3"`;
const makesWhenPermitted = `while [ ! -e "$folder/permitted" ]; do sleep 0.02; done; ${makes}`;

describe('findProgram', () => {
  it('takes a program from the folder in KUBEBUILDER_ASSETS, and asks for no Go', async () => {
    process.env['PATH'] = folder;
    process.env['KUBEBUILDER_ASSETS'] = folder;
    const etcd = await executable(join(folder, 'etcd'), '#!/bin/sh\n');
    await expect(findProgram('etcd')).resolves.toBe(etcd);
  });

  it('says what to do when there are neither assets nor Go', async () => {
    process.env['PATH'] = folder;
    await expect(findProgram('kwok')).rejects.toThrow(
      'there is no kwok: KUBEBUILDER_ASSETS is not set, and go, which would build it from sigs.k8s.io/kwok, is not on the PATH. ' +
        'Install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with the programs (setup-envtest makes one)',
    );
    process.env['KUBEBUILDER_ASSETS'] = folder;
    await expect(findProgram('kwok')).rejects.toThrow(`${folder} has no kwok, and go`);
  });

  it('builds what is nowhere, says so, and finds it in the cache from then on', async () => {
    await installGo(makes);
    const lines: string[] = [];
    const found = await findProgram('kube-apiserver', { onProgress: (line) => lines.push(line) });
    expect(found).toMatch(/cache\/canaryop\/control-plane\/[0-9a-f]{16}\/kube-apiserver$/);
    expect(lines[0]).toBe("building kube-apiserver from k8s.io/kubernetes v1.2.3, about 6 min when Go's cache is cold");
    await expect(findProgram('kube-apiserver')).resolves.toBe(found);
    const [command, ...more] = await builds();
    expect(more).toEqual([]);
    expect(command).toContain('-X k8s.io/component-base/version.gitVersion=v1.2.3');
    expect(command).toContain('k8s.io/kubernetes/cmd/kube-apiserver');
  });

  it('builds a program once for two who want it at the same time', async () => {
    await installGo(makesWhenPermitted);
    const lines: string[] = [];
    const first = findProgram('etcd', { onProgress: () => undefined });
    await vi.waitUntil(async () => (await builds()).length === 1, { timeout: 5000 });
    const second = findProgram('etcd', { onProgress: (line) => lines.push(line) });
    await vi.waitUntil(() => lines.length === 1, { timeout: 5000 });
    await writeFile(join(folder, 'permitted'), '');
    expect(await second).toBe(await first);
    expect(lines).toEqual([`waiting for process ${process.pid}, which builds etcd`]);
    expect(await builds()).toHaveLength(1);
  });

  it('takes over from a builder that died', async () => {
    await installGo(makes);
    const found = await findProgram('etcd', { onProgress: () => undefined });
    await rm(found);
    // No process has this number: it is larger than any.
    await writeFile(`${found}.lock`, '99999999');
    await expect(findProgram('etcd', { onProgress: () => undefined })).resolves.toBe(found);
    expect(await builds()).toHaveLength(2);
  });

  it('passes on what the compiler said, and leaves no half of a program', async () => {
    await installGo(`echo half > "$3"; echo 'no space left on device' >&2; exit 1`);
    await expect(findProgram('etcd', { onProgress: () => undefined })).rejects.toThrow(
      /go could not build etcd \(exit code 1\):\nno space left on device/,
    );
    const [key] = await readdir(join(folder, 'cache/canaryop/control-plane'));
    expect(await readdir(join(folder, 'cache/canaryop/control-plane', key ?? ''))).toEqual([]);
  });
});
