import { afterAll, beforeAll, describe } from 'vitest';

import type { LibraryServer } from './library-server.ts';
import { sharing, type Sharing } from './share.ts';

/** What webhooks promise, on a server that lives in real time: certificates are checked by the real clock. */
export function webhooksOn(
  title: string,
  start: () => Promise<LibraryServer>,
  suites: readonly ((share: Sharing) => void)[],
): void {
  describe(`on ${title}`, () => {
    let server: LibraryServer | undefined;
    const share = sharing(() => {
      if (server === undefined) throw new Error('the server has not started');
      return server;
    }, 'webhooks');
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server?.close();
    });
    for (const suite of suites) suite(share);
  });
}
