import { readdirSync, readFileSync } from 'node:fs';

/** How often to look: the peak itself is kept by the kernel, only that of the last moments is missed. */
const LOOK_MS = 20;

/** A watch over the processes that this one starts. */
export interface DescendantsWatch {
  /** The sum of their peaks of resident memory, in bytes. */
  stop(): number;
}

/**
 * Watches what this process and its children start. Linux alone: elsewhere it stays at 0. Threads of tsx and esbuild that
 * were there before are left out.
 */
export function watchDescendants(): DescendantsWatch {
  const earlier = new Set(descendants());
  const peaks = new Map<number, number>();
  const look = (): void => {
    for (const pid of descendants()) {
      if (!earlier.has(pid)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)));
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
    },
  };
}

function descendants(): number[] {
  const parents = new Map<number, number>();
  for (const name of list('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = /\) \S (\d+)/u.exec(read(`/proc/${pid}/stat`))?.[1];
    if (parent !== undefined) parents.set(pid, Number(parent));
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return [...parents.keys()].filter(isOurs);
}

function peakOf(pid: number): number {
  return Number(/VmHWM:\s*(\d+) kB/u.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
