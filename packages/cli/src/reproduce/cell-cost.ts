import { renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What training a cell took. */
export interface CellCost {
  /** Wall-clock seconds of reading, training and measuring, over all sessions. */
  readonly seconds: number;
  /** Processor seconds of the same. */
  readonly cpuSeconds: number;
  /** Most memory of the process while it trained, in bytes, looked at once a second; null where nobody looked. */
  readonly peakMemoryBytes: number | null;
  /** Into how many processes the training was divided: 1 when it was never stopped. */
  readonly sessions: number;
}

/** How often the cost of a session is written down: what a kill forgets. */
const WRITE_MS = 5_000;
const LOOK_MS = 1_000;

/** Measures a session of training, and adds it to those before, whichever way it ends. */
export interface CostMeter {
  /** To be called often while training. */
  tick(): void;
  stop(): CellCost;
}

/** @param path where sessions are summed up, so that one that is killed still counts */
export async function startCostMeter(path: string): Promise<CostMeter> {
  const before = await readSpent(path);
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let peak = before?.peakMemoryBytes ?? 0;
  let [lookedAt, writtenAt] = [Number.NEGATIVE_INFINITY, started];

  const cost = (): CellCost => {
    peak = Math.max(peak, process.memoryUsage.rss());
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      seconds: (before?.seconds ?? 0) + (performance.now() - started) / 1000,
      cpuSeconds: (before?.cpuSeconds ?? 0) + (user + system) / 1e6,
      peakMemoryBytes: peak,
      sessions: (before?.sessions ?? 0) + 1,
    };
  };
  const write = (): CellCost => {
    const current = cost();
    try {
      writeFileSync(`${path}.part`, `${JSON.stringify(current)}\n`);
      renameSync(`${path}.part`, path);
    } catch {
      // A disk that is full is the trainer's to say: nothing here is worth stopping it.
    }
    return current;
  };
  // At once: a session that is killed in its first seconds was one.
  write();
  return {
    tick() {
      const now = performance.now();
      if (now - lookedAt < LOOK_MS) return;
      lookedAt = now;
      if (now - writtenAt < WRITE_MS) {
        peak = Math.max(peak, process.memoryUsage.rss());
        return;
      }
      writtenAt = now;
      write();
    },
    stop: write,
  };
}

/** What was spent on a cell so far, or undefined. */
export async function readSpent(path: string): Promise<CellCost | undefined> {
  try {
    const spent = JSON.parse(await readFile(path, 'utf8')) as CellCost;
    return typeof spent.seconds === 'number' ? spent : undefined;
  } catch {
    return undefined;
  }
}
