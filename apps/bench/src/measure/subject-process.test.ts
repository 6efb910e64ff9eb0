import { describe, expect, it } from 'vitest';

import { SubjectProcess } from './subject-process.ts';

describe('a process that is measured', () => {
  it('has ended when it could not be started, and says what was not there', async () => {
    const subject = new SubjectProcess({ program: '/no/such/program', args: [] }, ['cache'], {});
    await expect(subject.printed('synced')).rejects.toThrow('/no/such/program');
    expect(subject.hasExited).toBe(true);
    await subject.stop();
  });

  it('is heard until it ends', async () => {
    const subject = new SubjectProcess(
      { program: process.execPath, args: ['-e', 'console.log(process.env.SAY)'] },
      [],
      {
        SAY: 'synced',
      },
    );
    await subject.printed('synced');
    await expect(subject.printed('more')).rejects.toThrow('the process ended:\nsynced');
  });
});
