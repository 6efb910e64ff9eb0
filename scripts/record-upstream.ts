/**
 * Makes random cases, has Kubernetes' own Go code answer them (packages/simkube/test/upstream), and records the
 * answers that the tests hold simkube to. Run it again when the Kubernetes version moves: `node scripts/record-upstream.ts`.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { definitionCase } from '../packages/simkube/test/upstream/random-definitions.ts';
import { randomDeployment } from '../packages/simkube/test/upstream/random-deployments.ts';

const upstream = join(import.meta.dirname, '../packages/simkube/test/upstream');
const { values } = parseArgs({
  options: {
    /** How many times the usual number of cases. */
    times: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: join(upstream, 'recorded') },
  },
});
const times = Number(values.times);
const seed = Number(values.seed);

function moduleFolder(module: string): string {
  const answer: unknown = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' }));
  if (typeof answer === 'object' && answer !== null && 'Dir' in answer && typeof answer.Dir === 'string')
    return answer.Dir;
  throw new Error(`go mod download ${module} named no folder`);
}

function record(subject: string, args: readonly string[], cases: readonly unknown[]): void {
  const answers = execFileSync('go', ['run', '.', subject, ...args], {
    cwd: upstream,
    input: cases.map((each) => `${JSON.stringify(each)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const lines = answers
    .trim()
    .split('\n')
    .map((answer, index) => `{"case":${JSON.stringify(cases[index])},"answer":${answer}}`);
  writeFileSync(join(values.out, `${subject}.jsonl`), `${lines.join('\n')}\n`);
  console.log(`${subject}: ${lines.length} cases`);
}

function sample<T>(cases: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(cases, { seed, numRuns: count * times });
}

const write = fc.record({
  op: fc.constantFrom('apply', 'apply', 'update'),
  manager: fc.constantFrom('m1', 'm2', 'm3'),
  force: fc.boolean(),
  object: randomDeployment,
});
const openApi = join(moduleFolder('k8s.io/kubernetes@v1.36.3'), 'api/openapi-spec/v3/apis__apps__v1_openapi.json');

record('ownership', [openApi], sample(fc.array(write, { minLength: 2, maxLength: 4 }), 30));
record(
  'strategic',
  [],
  sample(fc.record({ original: randomDeployment, modified: randomDeployment, current: randomDeployment }), 40),
);
record('definitions', [], sample(definitionCase, 60));
