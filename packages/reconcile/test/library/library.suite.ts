import { afterAll, beforeAll, describe } from 'vitest';

import { controllersSuite } from './controllers.suite.ts';
import { deletionSuite } from './deletion.suite.ts';
import { dependentsSuite } from './dependents.suite.ts';
import { eventsSuite } from './events.suite.ts';
import { firstOperatorSuite } from './first-operator.suite.ts';
import { idempotenceSuite } from './idempotence.suite.ts';
import { leadershipSuite } from './leadership.suite.ts';
import type { LibraryServer } from './library-server.ts';
import { readsSuite } from './reads.suite.ts';
import { reloadSuite } from './reload.suite.ts';
import { rightsSuite } from './rights.suite.ts';
import { shardingSuite } from './sharding.suite.ts';
import { sharing } from './share.ts';
import { sourcesSuite } from './sources.suite.ts';
import { tracingSuite } from './tracing.suite.ts';
import { watchesSuite } from './watches.suite.ts';
import { writesSuite } from './writes.suite.ts';

/** What the library promises, on whichever server `start` starts: simkube and a real one run the same tests. */
export function librarySuite(title: string, start: () => Promise<LibraryServer>): void {
  describe(`the library on ${title}`, () => {
    let server: LibraryServer | undefined;
    const share = sharing(() => {
      if (server === undefined) throw new Error('the server has not started');
      return server;
    });
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server?.close();
    });
    const suites = [
      firstOperatorSuite,
      writesSuite,
      readsSuite,
      watchesSuite,
      controllersSuite,
      dependentsSuite,
      idempotenceSuite,
      deletionSuite,
      eventsSuite,
      rightsSuite,
      tracingSuite,
      leadershipSuite,
      shardingSuite,
      reloadSuite,
      sourcesSuite,
    ];
    for (const suite of suites) suite(share);
  });
}
