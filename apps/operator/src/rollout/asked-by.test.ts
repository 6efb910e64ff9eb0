import { describe, expect, it } from 'vitest';

import { failed, shifting, starting } from '../../test/plan/moments.ts';
import { at, planOf, runOf, v2, type Situation } from '../../test/plan/situation.ts';

const refused: Situation = { wanted: v2, status: { failedRevisions: [failed()] } };
const paused: Situation = {
  ...shifting,
  status: { ...shifting.status, run: runOf('Shifting', { step: 20, paused: true }) },
};

/** What is told of the request first, and where it is told again. */
function told(situation: Situation, command: string, commandBy?: string) {
  const { notices, status } = planOf({ ...situation, command, ...(commandBy === undefined ? {} : { commandBy }) });
  return { message: notices[0]?.message, decisions: status?.decisions?.map(({ message }) => message) };
}

describe('the Event of a request', () => {
  it.each<[string, Situation, string]>([
    ['promote', starting, 'promote@next#7'],
    ['abort', shifting, 'abort@next#7'],
    ['skip', shifting, 'skip@next#7'],
    ['pause', shifting, 'pause@next#7'],
    ['resume', paused, 'resume@next#7'],
    ['retry', refused, 'retry@next#7'],
    ['an unknown verb', shifting, 'explode@next#7'],
  ])('%s names the field manager and its time, and says that neither is verified', (_verb, situation, command) => {
    const { message, decisions } = told(situation, command, 'kubectl-annotate');
    expect(message).toContain(`(field manager kubectl-annotate at ${at(0)}, unverified)`);
    expect(decisions).toContain(message);
  });

  it('names nobody where nobody is known', () => {
    expect(told(shifting, 'abort@next#7').message).toBe('shop:v2 failed: ended by request 7');
  });

  it('records in a certificate who overrode the checks', () => {
    const { status } = planOf({ ...starting, command: 'promote@next#7', commandBy: 'someone' });
    expect(status?.run?.certificate).toMatchObject({
      kind: 'override',
      detail: `promote, request 7 (field manager someone at ${at(0)}, unverified)`,
    });
  });
});
