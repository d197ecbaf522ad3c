import { describe, expect, it } from 'vitest';
import { runAttack, type Attack, type AttackLine } from './run-attack.ts';

const IS_FULL = process.env['ISOMETRY_FULL'] === '1';

/** `npm test` takes every nineteenth case, 5.3 %: a step that shares no factor with the number of bases. All in the full run. */
const STEP = IS_FULL ? 1 : 19;

/** A process that starts TypeScript takes 2 s alone; the full runs take minutes. */
const TIMEOUT_MS = IS_FULL ? 1_800_000 : 240_000;

interface Bounds {
  /** The largest buffer that reading may ask for. */
  readonly largestBytes: number;
  /** How far reading may raise the process's peak memory, all cases together. */
  readonly grownBytes: number;
}

const ATTACKS: readonly {
  readonly attack: Omit<Attack, 'step'>;
  readonly codes: readonly string[];
  readonly bounds: Bounds;
}[] = [
  {
    // Files of up to 4 MB: what they are read into may be a few times that, and lists of numbers 80 MB.
    attack: { target: 'model', below: 3000, heapMegabytes: 512 },
    codes: [
      'MODEL_INVALID',
      'MANIFEST_INVALID',
      'MANIFEST_MISSING',
      'MANIFEST_VERSION_UNSUPPORTED',
    ],
    bounds: { largestBytes: 16e6, grownBytes: 250e6 },
  },
  {
    // Texts of up to 4 MB, and no buffers at all.
    attack: { target: 'manifest', below: 2000, heapMegabytes: 512 },
    codes: ['MANIFEST_INVALID', 'MANIFEST_VERSION_UNSUPPORTED'],
    bounds: { largestBytes: 1e6, grownBytes: 150e6 },
  },
  {
    // Folders of up to 10 MB, read, converted, run in two runtimes and written.
    attack: { target: 'run', below: 2500, heapMegabytes: 1024 },
    codes: [
      'RUN_INVALID',
      'LAYER_UNSUPPORTED',
      'INFERENCE_FAILED',
      'EXPORT_MISMATCH',
      'MODEL_INVALID',
      'MANIFEST_INVALID',
      'OPTION_INVALID',
    ],
    bounds: { largestBytes: 16e6, grownBytes: 150e6 },
  },
];

describe('hostile input ends in the same, in something sound, or in a typed error', () => {
  it.each(ATTACKS)(
    '$attack.target: $attack.below cases',
    { timeout: TIMEOUT_MS },
    async ({ attack, codes, bounds }) => {
      const lines = await runAttack({ ...attack, step: STEP });
      const counts = tally(lines);
      const past = lines.filter(({ pastHeader }) => pastHeader).length;
      const largestBytes = Math.max(...lines.map((line) => line.largestBytes));
      const grownBytes = lines.at(-1)?.grownBytes ?? Number.NaN;
      const slowest = Math.max(...lines.map(({ milliseconds }) => milliseconds));
      process.stdout.write(
        `hostile ${attack.target}: ${lines.length} cases: ${counts.map(([name, count]) => `${count} ${name}`).join(', ')}; ` +
          `${past} past the first check; slowest ${slowest} ms, largest buffer ${megabytes(largestBytes)}, ` +
          `peak memory +${megabytes(grownBytes)}\n`,
      );
      expect(lines).toHaveLength(Math.ceil(attack.below / STEP));
      expect(lines.filter(({ ending }) => ending === 'broken')).toEqual([]);
      const known = new Set(['equal', 'valid', ...codes]);
      expect(counts.map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
      // A mutator that only ever breaks the first bytes would prove nothing, nor one that changes nothing.
      expect(past / lines.length).toBeGreaterThan(0.2);
      expect(counts.map(([name]) => name)).toEqual(
        expect.arrayContaining(['equal', 'valid', codes[0]]),
      );
      expect(largestBytes).toBeLessThan(bounds.largestBytes);
      expect(grownBytes).toBeLessThan(bounds.grownBytes);
      // What the runtimes open once, and nothing for each case.
      const [first, last] = [lines.at(0)?.openFiles ?? 0, lines.at(-1)?.openFiles ?? Infinity];
      expect(last - first).toBeLessThan(10);
    },
  );
});

/** How many cases ended how, most frequent first. */
function tally(lines: readonly AttackLine[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { ending } of lines) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  return [...counts].sort(([, first], [, second]) => second - first);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
