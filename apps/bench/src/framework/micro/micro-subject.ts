/** The small work on our library: `micro-subject.js FIXTURE`, one line of JSON. Needs --expose-gc. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { processEnv } from '@canaryop/reconcile/env';

import { cacheWork } from './cache-work.ts';
import type { MicroSizes } from './micro-figures.ts';
import { queueWork } from './queue-work.ts';

const [folder = ''] = process.argv.slice(2);
const sizes = JSON.parse(readFileSync(join(folder, 'sizes.json'), 'utf8')) as MicroSizes;
const env = processEnv();
const queue = await queueWork(env, sizes);
const cache = await cacheWork(env, folder, sizes);
process.stdout.write(`${JSON.stringify({ ...queue, ...cache })}\n`);
