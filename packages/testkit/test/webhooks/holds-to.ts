import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from 'vitest';

import type { Outcomes } from './outcomes.ts';
import { recordedFile } from './recorded-file.ts';

/** Holds a server to what kube-apiserver made of each step of a story. */
export function holdsTo(story: string, server: string, tell: () => Promise<Outcomes>): void {
  const recorded = JSON.parse(readFileSync(recordedFile(story), 'utf8')) as Outcomes;
  describe(`what ${server} makes of the ${story} story is what Kubernetes makes of it`, () => {
    let outcomes: Outcomes = {};
    beforeAll(async () => {
      outcomes = await tell();
    });

    it('in all of its steps', () => {
      expect(Object.keys(outcomes)).toEqual(Object.keys(recorded));
    });

    it.each(Object.keys(recorded))('in the step: %s', (step) => {
      expect(outcomes[step]).toEqual(recorded[step]);
    });
  });
}
