import { readdirSync } from 'node:fs';
import { countAllocations } from './count-allocations.ts';
import type { MakeCase } from './target.ts';

/**
 * A process of its own that attacks the target `argv[2]` with the cases `argv[3]`, `argv[3] + argv[4]` … below `argv[5]`, and
 * writes a line of JSON for each: after a crash or a hang, the case is the one behind the last line.
 */
const [, , name = '', ...numbers] = process.argv;
const [from = 0, step = 1, below = 0] = numbers.map(Number);

const TARGETS: Readonly<Record<string, () => Promise<{ make: MakeCase; sounds: number }>>> = {
  model: async () => {
    const { makeModelCase, SOUND_MODELS } = await import('./attack-model.ts');
    return { make: makeModelCase, sounds: SOUND_MODELS };
  },
  manifest: async () => {
    const { makeManifestCase, SOUND_MANIFESTS } = await import('./attack-manifest.ts');
    return { make: makeManifestCase, sounds: SOUND_MANIFESTS };
  },
  run: async () => {
    const { makeRunCase, SOUND_RUNS } = await import('./attack-run.ts');
    return { make: makeRunCase, sounds: SOUND_RUNS };
  },
};

const target = await TARGETS[name]?.();
if (target === undefined) throw new TypeError(`no target ${name}`);
/** Sound inputs stay the same: also when every hostile one has been through the same process. */
async function checkSound(sounds: number, make: MakeCase): Promise<void> {
  for (let index = -1; index >= -sounds; index--) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a hang names itself
    const { ending, problem, message } = await (await make(index)).judge();
    if (ending !== 'equal') {
      throw new TypeError(`sound input ${index}: ${ending}, ${problem ?? message}`);
    }
  }
}

// Twice: the second round is compared with the first, and memory is measured with code compiled and caches filled.
await checkSound(target.sounds, target.make);
await checkSound(target.sounds, target.make);
const allocations = countAllocations();
let grown = 0;
for (let index = from; index < below; index += step) {
  // oxlint-disable-next-line no-await-in-loop
  const { mutation, judge } = await target.make(index);
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
    openFiles: openFiles(),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

await checkSound(target.sounds, target.make);

/** How many files the process has open; 0 where the system does not say. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
