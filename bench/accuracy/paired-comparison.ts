/** What one side said of one test image. */
export interface Answer {
  readonly file: string;
  /** Images of one group are no independent draws: they are resampled together. */
  readonly group: string;
  readonly label: string;
  readonly predicted: string;
}

/** The same test images, answered by both sides. */
export interface PairedAnswers {
  readonly ours: readonly Answer[];
  readonly theirs: readonly Answer[];
}

/** A difference with its percentile interval. */
export interface PairedDifference {
  /** Mean over the seeds of our balanced accuracy less theirs. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly resamples: number;
}

const RESAMPLES = 4000;
const LEVEL = 0.95;

/**
 * Paired bootstrap: groups of test images are drawn with replacement within every seed, both sides are
 * scored on the same draw, and the differences are averaged over the seeds.
 */
export function comparePaired(seeds: readonly PairedAnswers[]): PairedDifference {
  const prepared = seeds.map(prepare);
  const difference = (pick: (groups: number) => Iterable<number>): number =>
    prepared.reduce((sum, seed) => sum + differenceOf(seed, pick(seed.groups.length)), 0) /
    prepared.length;
  const value = difference((groups) => Array(groups).keys());
  let state = 1;
  const next = (): number => {
    // Numerical Recipes' linear congruential generator: enough for resampling, and repeatable.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const draws = Array.from({ length: RESAMPLES }, () =>
    difference((groups) => Array.from({ length: groups }, () => Math.floor(next() * groups))),
  ).sort((a, b) => a - b);
  const at = (share: number): number => draws[Math.floor(share * RESAMPLES)] as number;
  return {
    value,
    low: at((1 - LEVEL) / 2),
    high: at((1 + LEVEL) / 2),
    level: LEVEL,
    resamples: RESAMPLES,
  };
}

interface Row {
  readonly label: number;
  readonly ours: boolean;
  readonly theirs: boolean;
}

interface Prepared {
  readonly classes: number;
  readonly groups: readonly (readonly Row[])[];
}

function prepare({ ours, theirs }: PairedAnswers): Prepared {
  const labels = [...new Set(ours.map(({ label }) => label))].sort();
  const byFile = new Map(theirs.map((answer) => [answer.file, answer]));
  const groups = new Map<string, Row[]>();
  for (const own of ours) {
    const other = byFile.get(own.file);
    if (other?.label !== own.label)
      throw new TypeError(`${own.file} is not the same on both sides.`);
    const row = {
      label: labels.indexOf(own.label),
      ours: own.predicted === own.label,
      theirs: other.predicted === own.label,
    };
    groups.set(own.group, [...(groups.get(own.group) ?? []), row]);
  }
  return { classes: labels.length, groups: [...groups.values()] };
}

/** Mean over the classes of our recall less theirs. */
function differenceOf({ classes, groups }: Prepared, picked: Iterable<number>): number {
  const counts = new Float64Array(classes);
  const gaps = new Float64Array(classes);
  for (const index of picked) {
    for (const { label, ours, theirs } of groups[index] as readonly Row[]) {
      counts[label] = (counts[label] as number) + 1;
      gaps[label] = (gaps[label] as number) + Number(ours) - Number(theirs);
    }
  }
  let [sum, present] = [0, 0];
  for (const [label, count] of counts.entries()) {
    if (count === 0) continue;
    sum += (gaps[label] as number) / count;
    present += 1;
  }
  return sum / present;
}
