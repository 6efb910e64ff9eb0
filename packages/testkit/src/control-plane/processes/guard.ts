import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/**
 * Ends processes and removes a folder when its standard input ends, which it does however this process ends. Pids of
 * children are told line by line; each leads a group, so its own children go with it. Removal is tried again for as long as a killed process may still write.
 */
const script = `
trap '' HUP INT TERM
pids=
while read -r word pid; do
  rest=
  for known in $pids; do [ "$known" = "$pid" ] || rest="$rest $known"; done
  pids=$rest
  [ "$word" = guard ] && pids="$pids $pid"
done
for pid in $pids; do kill -9 "-$pid" 2>/dev/null; done
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  alive=
  for pid in $pids; do kill -0 "$pid" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && rm -rf -- "$1" 2>/dev/null && [ ! -e "$1" ] && exit 0
  sleep 0.05
done
rm -rf -- "$1"
`;

/** What outlives this process by a moment, to leave nothing behind. */
export interface Guard {
  /** From now on this process, the leader of its group, and the group end no later than ours. */
  guard(pid: number): void;
  /** It has ended; its pid may be someone else's. */
  release(pid: number): void;
  /** Kills what is guarded, removes the folder, and resolves when both is done. */
  end(): Promise<void>;
}

/**
 * Starts the guard of a folder: a shell in a session of its own, so that neither Ctrl-C nor `kill -9` of this process
 * keeps it from its work. It doesn't keep this process alive.
 */
export function startGuard(folder: string): Guard {
  const child = spawn('sh', ['-c', script, 'control-plane-guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const { stdin } = child;
  const ended = once(child, 'exit');
  // Without a reader there is nothing to do; `end` says so by `ended`.
  stdin.on('error', () => undefined);
  ended.catch(() => undefined);
  child.unref();
  (stdin as Socket).unref();
  return {
    guard: (pid) => void stdin.write(`guard ${pid}\n`),
    release: (pid) => void stdin.write(`release ${pid}\n`),
    end: async () => {
      child.ref();
      stdin.end();
      await ended;
    },
  };
}
