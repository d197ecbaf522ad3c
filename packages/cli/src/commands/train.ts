import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { IsometryError, isIsometryError } from '@isometry/core';
import { Command, Option } from 'commander';
import type { AugmentationConfig, ProtocolName, TrainOptions, TrainResult } from '@isometry/train';
import { formatInterval } from '../format-interval.ts';
import { formatPlan } from '../format-plan.ts';
import { importTrainer } from '../import-trainer.ts';
import { parseAugmentation } from '../parse-augmentation.ts';
import { parseNumber } from '../option-parsers.ts';
import { printable } from '../printable.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import type { CommandContext } from '../terminal.ts';
import { startingWeightsFile } from '../weights/cached-weights.ts';

type Options = Omit<
  TrainOptions,
  'images' | 'decode' | 'signal' | 'onProgress' | 'augmentation'
> & {
  readonly json: boolean;
  readonly augment?: AugmentationConfig | null;
};

/** How many unreadable images are named one by one; the rest are counted, and all are in `--json`. */
const NAMED_SKIPS = 10;

const LOSSES = [
  'cross-entropy',
  'contrastive',
  'triplet',
  'lifted-structured',
  'generalized-lifted',
  'multi-similarity',
  'supervised-contrastive',
];
const PRESETS = ['paper', 'hadsell2006', 'facenet2015', 'song2016', 'pml'];
const PROTOCOLS: readonly ProtocolName[] = ['best', 'paper'];

/** `isometry train IMAGES --out RUN` */
export function trainCommand(context: CommandContext): Command {
  const command = new Command('train')
    .description('Train an image classifier from a folder of photos.')
    .argument('<images>', 'a folder with one folder of images per class, or see --list and --label')
    .requiredOption('--out <run>', 'the run folder to make')
    .option('--resume', 'go on with an unfinished run, where it was stopped or killed', false)
    .option('--overwrite', 'replace a run that is already there', false)
    .option('--json', 'print the result as one JSON object', false);
  addImageOptions(command);
  addRecipeOptions(command);
  return command
    .addHelpText('after', HELP)
    .action(async (images: string, options: Options) => run(context, images, options));
}

function addImageOptions(command: Command): void {
  command
    .optionsGroup('Images:')
    .option(
      '--group <column>',
      'column of the metadata; images that share its value stay on one side of the split',
    )
    .option('--label <column>', 'column of the metadata that gives the label (default: the folder)')
    .option('--list <csv>', 'a file of file,label[,group][,split] instead of folders')
    .option('--folds <n>', 'split into n folds instead of 70/10/20 %', parseNumber)
    .option('--fold <i>', 'which fold is tested, from 0 (default: 0)', parseNumber)
    .option(
      '--max-unreadable-share <share>',
      'share of the images that may be unreadable, 0 to 1 (default: 0.05)',
      parseNumber,
    )
    .option(
      '--max-cache-bytes <n>',
      'decoded images beyond this go to a temporary file (default: 1 GiB)',
      parseNumber,
    );
}

function addRecipeOptions(command: Command): void {
  command
    .optionsGroup('Network:')
    .option('--name <name>', 'the name of the model (default: the last part of --out)')
    .addOption(
      new Option(
        '--backbone <name>',
        'the network below the embedding (default: mobilenet)',
      ).choices(['mobilenet', 'resnet50', 'inceptionv3']),
    )
    .option(
      '--width-multiplier <alpha>',
      'of MobileNet: 0.25, 0.5, 0.75 or 1 (default: 1)',
      parseNumber,
    )
    .option('--size <pixels>', 'width and height of the input (default: 128)', parseNumber)
    .option('--embedding-size <n>', 'values of an embedding', parseNumber)
    .option(
      '--weights <source>',
      'where to start: random, imagenet (see `isometry weights`), a Keras .h5, a TensorFlow.js model.json or its folder, or a run (default: random)',
    )
    .option('--freeze <layer>', 'keep this layer of the backbone and all before it as they are')
    .optionsGroup('Loss:')
    .addOption(
      new Option(
        '--loss <name>',
        'what trains the embedding (default: supervised-contrastive; lifted-structured in protocol paper)',
      ).choices(LOSSES),
    )
    .addOption(
      new Option(
        '--loss-preset <name>',
        'whose formula (default: paper, or the loss’ own)',
      ).choices(PRESETS),
    )
    .option('--normalise', 'divide embeddings by their length (default: as the preset says)')
    .option('--no-normalise', 'leave embeddings as long as they are')
    .option('--margin <m>', 'margin of the loss (default: as the preset says)', parseNumber)
    .addOption(
      new Option(
        '--form <name>',
        'of the lifted structured loss: smooth (eq. 4, the default) or hard-max (eq. 3)',
      ).choices(['smooth', 'hard-max']),
    )
    .addOption(
      new Option(
        '--mining <how>',
        'negatives of the triplet loss (default: as the preset says)',
      ).choices(['all', 'hard', 'semi-hard']),
    )
    .option(
      '--cross-entropy-weight <w>',
      'cross-entropy beside the metric loss, 0 for none (default: the protocol’s)',
      parseNumber,
    )
    .addOption(
      new Option(
        '--sampler <name>',
        'batches of the first stage: every image once, classes alike, or what suits (default: auto)',
      ).choices(['auto', 'shuffled', 'balanced']),
    )
    .optionsGroup('Training (defaults are those of the protocol):')
    .addOption(
      new Option('--protocol <name>', 'fixes everything but the loss (default: best)').choices(
        PROTOCOLS,
      ),
    )
    .option('--batch-size <n>', 'images per training step (default: 32)', parseNumber)
    .option('--epochs <n>', 'most epochs of the first stage', parseNumber)
    .option('--patience <n>', 'epochs without improvement before a stage stops', parseNumber)
    .option('--learning-rate <step>', 'highest step of Adam', parseNumber)
    .addOption(
      new Option('--schedule <name>', 'of the learning rate').choices(['constant', 'cosine']),
    )
    .option('--warmup-epochs <n>', 'epochs in which the learning rate rises', parseNumber)
    .addOption(
      new Option(
        '--classifier <mode>',
        'second stage: on frozen embeddings, or fine-tuning all',
      ).choices(['frozen', 'fine-tune']),
    )
    .option('--classifier-epochs <n>', 'most epochs of fine-tuning', parseNumber)
    .option('--classifier-learning-rate <step>', 'highest step of Adam in fine-tuning', parseNumber)
    .option(
      '--augment <list>',
      'none, or some of flip, turn (quarter turns), rotate=DEGREES, crop=SMALLEST-SHARE, colour=STRENGTH',
      parseAugmentation,
    )
    .option('--class-weights', 'weigh classes by the inverse of their size in cross-entropy')
    .option('--no-class-weights', 'let every image count the same in cross-entropy')
    .option(
      '--logit-adjustment <t>',
      'how far answers lean to rare classes in the end, 0 to 2',
      parseNumber,
    )
    .addOption(
      new Option(
        '--orientations <n>',
        'looks at an image in so many flips and quarter turns and averages: 8, or 1 for an eighth of the time',
      )
        .choices(['1', '8'])
        .argParser(parseNumber),
    )
    .option('--label-smoothing <share>', 'in cross-entropy, 0 to 0.5', parseNumber)
    .option(
      '--average-decay <d>',
      'of the average of the weights that is kept, 0 for none',
      parseNumber,
    )
    .option('--batch-norm-momentum <m>', 'of the moving statistics', parseNumber)
    .option(
      '--checkpoint-seconds <s>',
      'between checkpoints in an epoch (default: 60)',
      parseNumber,
    )
    .option(
      '--seed <n>',
      'seeds split, batches, augmentation and weights (default: 1)',
      parseNumber,
    );
}

const HELP = `
Protocols: best (the default) trains the embedding by the metric loss together with cross-entropy, then tunes
the network by cross-entropy alone, with flips and quarter turns, averaged weights and the best
validation epoch; paper is the paper's: the metric loss alone, then a classifier on frozen embeddings.

Give --group when there are several photos of one person or thing: without it, photos of the same
patient land in the training and the test split, and the accuracy that is reported is too good.
Ctrl-C stops after a checkpoint; the same command with --resume goes on from there, also after a crash.
Needs TensorFlow for Node, which \`isometry setup train\` brings.

Examples:
  $ isometry train photos --out run
  $ isometry train photos --out run --weights imagenet --group patient_id
  $ isometry train photos --out run --loss triplet --loss-preset facenet2015
  $ isometry train photos --out run --protocol paper --loss contrastive
  $ isometry train photos --out run --resume
  $ isometry train photos --out run --json | jq .metrics.test.balancedAccuracy`;

async function run(
  context: CommandContext,
  images: string,
  { json, augment, ...options }: Options,
): Promise<void> {
  const { terminal } = context;
  const { trainClassifier } = await importTrainer();
  const progress = createProgressPrinter(terminal);
  const warn = (line: string): void => {
    progress.finish();
    terminal.err(`${line}\n`);
  };
  try {
    const result = await trainClassifier({
      ...options,
      augmentation: augment,
      weights: await startingWeightsFile(options, terminal.env),
      images,
      signal: terminal.signal,
      onProgress: progress.report,
      onPlan: (plan) => warn(formatPlan(plan)),
      onWarning: ({ kind, message }) => warn(printable(`warning ${kind}: ${message}`)),
    });
    progress.finish();
    reportSkipped(result, warn);
    terminal.out(json ? `${JSON.stringify(result)}\n` : summary(result));
  } catch (error) {
    throw withWayOn(error, options.out);
  } finally {
    progress.finish();
  }
}

/** Whoever stops a run is told how it goes on, if there is something to go on with. */
function withWayOn(error: unknown, out: string): unknown {
  if (!isIsometryError(error) || error.code !== 'ABORTED') return error;
  // With run.json it is an older run, which --overwrite had not replaced yet.
  const isKept =
    existsSync(join(out, 'checkpoints', 'last.safetensors')) && !existsSync(join(out, 'run.json'));
  if (!isKept) return error;
  return new IsometryError('ABORTED', `Stopped; ${out} keeps what was trained.`, {
    hint: 'Run the same command with --resume: it goes on where it was stopped.',
    cause: error,
  });
}

function reportSkipped({ skipped }: TrainResult, warn: (line: string) => void): void {
  for (const { file, code, message } of skipped.slice(0, NAMED_SKIPS)) {
    warn(printable(`warning ${code}: ${file}: ${message}`));
  }
  if (skipped.length === 0) return;
  const more = skipped.length - NAMED_SKIPS;
  warn(`${skipped.length} images skipped${more > 0 ? `, ${more} of them not named here` : ''}`);
}

function summary({ out, counts, metrics, seconds, epochs }: TrainResult): string {
  const { accuracy, balancedAccuracy, macroF1 } = metrics.test;
  const classes = metrics.test.classes.map((own) => ({ ...own, label: printable(own.label) }));
  const width = Math.max(...classes.map(({ label }) => label.length));
  return [
    `run       ${out}`,
    `images    ${counts.train} to train, ${counts.validation} to stop and calibrate, ${counts.test} to test`,
    `epochs    ${Object.entries(epochs)
      .map(([stage, epoch]) => `${stage} ${epoch}`)
      .join(', ')}`,
    `accuracy  ${formatInterval(accuracy)} on the test split`,
    `balanced  ${formatInterval(balancedAccuracy)} (mean recall of the classes)`,
    `macro F1  ${formatInterval(macroF1)}`,
    ...classes.map(
      ({ label, count, correct }) => `  ${label.padEnd(width)}  ${correct} of ${count} right`,
    ),
    `time      ${seconds.total.toFixed(1)} s`,
    `next      isometry export ${out} --out model`,
    '',
  ].join('\n');
}
