import { countAllocations } from './count-allocations.ts';
import type { MakeCase } from './target.ts';

/**
 * A process of its own that attacks the target `argv[2]` with the cases `argv[3]`, `argv[3] + argv[4]` … below `argv[5]`, and
 * writes a line of JSON for each: after a crash or a hang, the case is the one behind the last line.
 */
const [, , name = '', ...numbers] = process.argv;
const [from = 0, step = 1, below = 0] = numbers.map(Number);

const TARGETS: Readonly<Record<string, () => Promise<MakeCase>>> = {
  model: async () => (await import('./attack-model.ts')).makeModelCase,
  manifest: async () => (await import('./attack-manifest.ts')).makeManifestCase,
};

/** Code is compiled and caches are filled before memory is measured. */
const WARM_UP_CASES = 20;

const makeCase = await TARGETS[name]?.();
if (makeCase === undefined) throw new TypeError(`no target ${name}`);
for (let index = from; index < Math.min(below, from + WARM_UP_CASES * step); index += step) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a hang names itself
  await (await makeCase(index)).judge();
}
const allocations = countAllocations();
let grown = 0;
for (let index = from; index < below; index += step) {
  // oxlint-disable-next-line no-await-in-loop
  const { mutation, judge } = await makeCase(index);
  allocations.restart();
  const peakBefore = process.resourceUsage().maxRSS;
  const started = performance.now();
  // oxlint-disable-next-line no-await-in-loop
  const outcome = await judge();
  // What making the cases takes is not the reader's.
  grown += process.resourceUsage().maxRSS - peakBefore;
  const line = {
    index,
    mutation: mutation.slice(0, 300),
    ...outcome,
    milliseconds: Math.round(performance.now() - started),
    largestBytes: allocations.largest(),
    grownBytes: grown * 1024,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
