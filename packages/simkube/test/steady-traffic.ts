import type { VirtualCluster } from './virtual-cluster.ts';

/** What became of the requests that were sent. */
export interface TrafficResult {
  readonly sent: number;
  /** Answers other than 200, by status and body. */
  readonly failures: ReadonlyMap<string, number>;
  readonly failed: number;
  /** Good answers by body. */
  readonly answers: ReadonlyMap<string, number>;
}

/** Sends a request every `everyMs` until stopped, and waits for no answer before the next. */
export function steadyTraffic(cluster: VirtualCluster, everyMs = 25): { stop(): Promise<TrafficResult> } {
  const failures = new Map<string, number>();
  const answers = new Map<string, number>();
  const pending = new Set<Promise<void>>();
  let sent = 0;
  let isOver = false;
  const count = (into: Map<string, number>, key: string): void => {
    into.set(key, (into.get(key) ?? 0) + 1);
  };
  const send = (): void => {
    if (isOver) return;
    sent += 1;
    const request = cluster.world.ingress.fetch({ host: 'localhost:8090', path: '/hello' }).then((response) => {
      if (response.status === 200) count(answers, response.body);
      else count(failures, `${response.status} ${response.body}`);
      pending.delete(request);
    });
    pending.add(request);
    cluster.env.time.schedule(everyMs, send);
  };
  send();
  return {
    stop: async () => {
      isOver = true;
      await cluster.env.time.advance(1000);
      await Promise.all(pending);
      const failed = [...failures.values()].reduce((sum, each) => sum + each, 0);
      return { sent, failures, failed, answers };
    },
  };
}
