import { performance } from 'node:perf_hooks';

/** The first step allocates and says nothing of the others (0.7 to 16 s were measured, training-facts section 6). */
const SKIPPED_STEPS = 1;

/** How much the newest step counts for the seconds that are left. */
const SMOOTHING = 0.1;

/** Measures steps for the line that a person watches. */
export interface StepClock {
  /** Called after every step. @returns e.g. `, 41 images/s, at most 3 min left`; empty after the first */
  describe(images: number, stepsLeft: number): string;
  /** Called before the first step after something else was done, so that it does not count as one. */
  skip(): void;
  secondsSince(mark: string): number;
  restart(mark: string): void;
}

export function createStepClock(now: () => number = () => performance.now()): StepClock {
  const marks = new Map<string, number>();
  const started = now();
  let last = started;
  let steps = 0;
  let seconds: number | undefined;
  return {
    describe: (images, stepsLeft) => {
      const at = now();
      const own = (at - last) / 1000;
      last = at;
      steps += 1;
      if (steps <= SKIPPED_STEPS) return '';
      seconds = seconds === undefined ? own : seconds + SMOOTHING * (own - seconds);
      // Early stopping may end it sooner.
      return `, ${Math.round(images / seconds)} images/s, at most ${formatDuration(seconds * stepsLeft)} left`;
    },
    skip: () => {
      last = now();
    },
    secondsSince: (mark) => (now() - (marks.get(mark) ?? started)) / 1000,
    restart: (mark) => {
      marks.set(mark, now());
    },
  };
}

/** e.g. `45 s`, `12 min`, `3 h 20 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
