import { describe, expect, it } from 'vitest';

import { Announcer, type Announcement } from './announcer.ts';
import type { Finding } from './analysis.ts';
import type { Answer, Question } from './question.ts';

const app = { namespace: 'shop', name: 'cart' };
const question: Question = { kind: 'webhook', field: 'f', url: 'http://a.svc/', body: '{}', timeoutMs: 1_000 };

function announcing(answer: Answer | Error) {
  const asked: Question[] = [];
  const failures: Finding[] = [];
  const announcer = new Announcer({
    ask: (one) => {
      asked.push(one);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  const announcement = (run: string, questions: readonly Question[] = [question]): Announcement => ({
    app,
    run,
    inquiry: {
      questions,
      judge: ([first]) => ({
        verdict: first?.kind === 'accepted' ? 'pass' : 'error',
        detail: first?.kind === 'error' ? first.errorClass : 'no',
        measured: [],
      }),
    },
    onFailure: (finding) => failures.push(finding),
  });
  /** Lets everything happen that waits for nothing but its turn. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  return { announcer, announcement, asked, failures, settle };
}

describe('the end of a run', () => {
  it('is told once, however often it is said', async () => {
    const { announcer, announcement, asked, failures, settle } = announcing({ kind: 'accepted' });
    for (let pass = 0; pass < 3; pass += 1) announcer.tell(announcement('run 1'));
    await settle();
    announcer.tell(announcement('run 1'));
    await settle();
    expect(asked).toEqual([question]);
    expect(failures).toEqual([]);
  });

  it('is told for each run', () => {
    const { announcer, announcement, asked } = announcing({ kind: 'accepted' });
    announcer.tell(announcement('run 1'));
    announcer.tell(announcement('run 2'));
    expect(asked).toHaveLength(2);
  });

  it('is told again by an operator that does not know whether it was', () => {
    const first = announcing({ kind: 'accepted' });
    first.announcer.tell(first.announcement('run 1'));
    const second = announcing({ kind: 'accepted' });
    second.announcer.tell(second.announcement('run 1'));
    expect(second.asked).toHaveLength(1);
  });

  it.each<[string, Answer | Error, string]>([
    ['is refused', { kind: 'refused', status: 500 }, 'no'],
    ['is not answered', { kind: 'error', errorClass: 'timeout' }, 'timeout'],
    ['breaks the provider', new TypeError('secret'), 'TypeError'],
  ])('that %s is said to have failed, once', async (_name, answer, detail) => {
    const { announcer, announcement, failures, settle } = announcing(answer);
    announcer.tell(announcement('run 1'));
    await settle();
    announcer.tell(announcement('run 1'));
    await settle();
    expect(failures.map((finding) => finding.detail)).toEqual([detail]);
  });

  it('is nobody’s concern where nobody is to be told', async () => {
    const { announcer, announcement, asked, failures, settle } = announcing({ kind: 'accepted' });
    announcer.tell(announcement('run 1', []));
    await settle();
    expect([asked, failures]).toEqual([[], []]);
  });

  it('is told to nobody by an operator that has stopped', async () => {
    const { announcer, announcement, asked, settle } = announcing({ kind: 'accepted' });
    announcer.stop();
    announcer.tell(announcement('run 1'));
    await settle();
    expect(asked).toEqual([]);
  });
});
