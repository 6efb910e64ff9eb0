import { readFileSync } from 'node:fs';

/** Clock ticks a second, as the kernel reports CPU time to programs; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU time and memory of another process as the kernel counts them. Linux only. */
export function processFigures(pid: number): { readonly cpuSeconds: number; readonly residentMiB: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces; user and system time are fields 14 and 15 of the line.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentMiB: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024,
  };
}
