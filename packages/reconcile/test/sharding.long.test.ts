import { describe, it } from 'vitest';

import { disturbedRing } from './shard-members.ts';

describe('members of a sharded operator', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'are never two owners of a shard, whatever the network and the processes do (seed %i)',
    (seed) => disturbedRing(seed, 400),
  );
});
