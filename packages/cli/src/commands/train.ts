import { Command } from 'commander';
import type { TrainOptions, TrainResult } from '@isometry/train';
import { formatInterval } from '../format-interval.ts';
import { importOptional } from '../optional-package.ts';
import { parseNumber } from '../option-parsers.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import type { CommandContext } from '../terminal.ts';

type Options = Omit<TrainOptions, 'images' | 'decode' | 'signal' | 'onProgress'> & {
  readonly json: boolean;
};

/** How many unreadable images are named one by one; the rest are counted, and all are in `--json`. */
const NAMED_SKIPS = 10;

/** `isometry train IMAGES --out RUN` */
export function trainCommand(context: CommandContext): Command {
  return new Command('train')
    .description('Train an image classifier from a folder of photos.')
    .argument('<images>', 'a folder with one folder of images per class')
    .requiredOption('--out <run>', 'the run folder to make')
    .option('--overwrite', 'replace a run that is already there', false)
    .option(
      '--group <column>',
      'column of metadata.csv; images that share its value stay on one side of the split',
    )
    .option('--name <name>', 'the name of the model (default: the last part of --out)')
    .option(
      '--size <pixels>',
      'width and height of the input, 32 to 512 (default: 64)',
      parseNumber,
    )
    .option(
      '--width-multiplier <alpha>',
      'width of MobileNet: 0.25, 0.5, 0.75 or 1 (default: 0.25)',
      parseNumber,
    )
    .option('--embedding-size <n>', 'values of an embedding (default: 64)', parseNumber)
    .option('--normalise', 'divide embeddings by their length')
    .option('--margin <m>', 'margin of the lifted structured loss (default: 1)', parseNumber)
    .option('--batch-size <n>', 'images per training step (default: 32)', parseNumber)
    .option('--epochs <n>', 'most epochs of the embedding stage (default: 30)', parseNumber)
    .option(
      '--patience <n>',
      'epochs without improvement before stopping (default: 5)',
      parseNumber,
    )
    .option('--learning-rate <step>', 'step of Adam (default: 5e-4)', parseNumber)
    .option(
      '--max-unreadable-share <share>',
      'share of the images that may be unreadable, 0 to 1 (default: 0.05)',
      parseNumber,
    )
    .option('--seed <n>', 'seeds the split, the batches and the weights (default: 1)', parseNumber)
    .option('--json', 'print the result as one JSON object', false)
    .addHelpText(
      'after',
      `
Give --group when there are several photos of one person or thing: without it, photos of the same
patient land in the training and the test split, and the accuracy that is reported is too good.
Needs TensorFlow for Node, which \`isometry setup train\` brings.

Examples:
  $ isometry train photos --out run
  $ isometry train photos --out run --group patient_id --size 128 --width-multiplier 0.5
  $ isometry train photos --out run --json | jq .metrics.test.accuracy`,
    )
    .action(async (images: string, { json, ...options }: Options) => {
      const { terminal } = context;
      const { trainClassifier } = await importOptional(
        '@isometry/train',
        () => import('@isometry/train'),
        'npm install --ignore-scripts @isometry/train && npx isometry setup train',
      );
      const progress = createProgressPrinter(terminal);
      try {
        const result = await trainClassifier({
          ...options,
          images,
          signal: terminal.signal,
          onProgress: progress.report,
        });
        progress.finish();
        reportSkipped(result, (line) => terminal.err(`${line}\n`));
        terminal.out(json ? `${JSON.stringify(result)}\n` : summary(result));
      } finally {
        progress.finish();
      }
    });
}

function reportSkipped({ skipped }: TrainResult, warn: (line: string) => void): void {
  for (const { file, code, message } of skipped.slice(0, NAMED_SKIPS)) {
    warn(`warning ${code}: ${file}: ${message}`);
  }
  if (skipped.length === 0) return;
  const more = skipped.length - NAMED_SKIPS;
  warn(`${skipped.length} images skipped${more > 0 ? `, ${more} of them not named here` : ''}`);
}

function summary({ out, counts, metrics, seconds }: TrainResult): string {
  return [
    `run       ${out}`,
    `images    ${counts.train} to train, ${counts.validation} to stop and calibrate, ${counts.test} to test`,
    `accuracy  ${formatInterval(metrics.test.accuracy)} on the test split`,
    `time      ${seconds.total.toFixed(1)} s`,
    `next      isometry export ${out} --out model`,
    '',
  ].join('\n');
}
