import { basename, resolve } from 'node:path';
import { IsometryError, isIsometryError } from '@isometry/core';
import type { BackboneName, ProtocolName } from '@isometry/train';
import { Command, Option } from 'commander';
import { assertOutside } from '../assert-outside.ts';
import { parseDuration } from '../duration.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { importExporter } from '../export/export-run.ts';
import { importTrainer } from '../import-trainer.ts';
import { parseNumber } from '../option-parsers.ts';
import { printable } from '../printable.ts';
import { createProgressPrinter, type ProgressPrinter } from '../progress-printer.ts';
import { cellStatuses, cellTrainOptions } from '../reproduce/cell-folder.ts';
import { cellsIn } from '../reproduce/cells-in.ts';
import { collectWeights } from '../reproduce/collect-weights.ts';
import { completeSettings, placeWeights } from '../reproduce/complete-settings.ts';
import { formatCell } from '../reproduce/format-cell.ts';
import { formatGridPlan, formatLeft } from '../reproduce/format-grid.ts';
import {
  DEFAULT_SEEDS,
  MAX_SEED,
  parseOnly,
  planGrid,
  type Cell,
  type CellPattern,
} from '../reproduce/grid.ts';
import {
  resolveGridSettings,
  type AskedSettings,
  type GridSettings,
} from '../reproduce/grid-settings.ts';
import { planCells } from '../reproduce/plan-cells.ts';
import { runGrid, type GridOutcome } from '../reproduce/run-grid.ts';
import { writeReproduction } from '../reproduce/write-reproduction.ts';
import type { CommandContext } from '../terminal.ts';

interface Options {
  readonly out: string;
  readonly protocol?: ProtocolName;
  readonly seeds?: number;
  readonly only?: readonly CellPattern[];
  readonly budget?: number;
  readonly plan: boolean;
  readonly report: boolean;
  readonly weights?: Partial<Record<BackboneName, string>>;
  readonly group?: string;
  readonly label?: string;
  readonly list?: string;
  readonly maxUnreadableShare?: number;
  readonly size?: number;
  readonly widthMultiplier?: number;
  readonly embeddingSize?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly json: boolean;
}

/** `isometry reproduce IMAGES` */
export function reproduceCommand(context: CommandContext): Command {
  const command = new Command('reproduce')
    .description(
      'The paper’s tables and figures on your images: 3 backbones x 4 losses x seeds, with intervals and tests.',
    )
    .argument('<images>', 'a folder with one folder of images per class, or see --list and --label')
    .option('--out <folder>', 'what is done, and the report', 'reproduction')
    .addOption(
      new Option(
        '--protocol <name>',
        'paper: the loss alone, then a classifier on frozen embeddings; best: our own (default: paper)',
      ).choices(['paper', 'best']),
    )
    .option('--seeds <n>', `how many seeds, from 1 (default: ${DEFAULT_SEEDS})`, parseNumber)
    .option(
      '--only <cells>',
      'train only these: BACKBONE[/LOSS[/SEED]], * for any, several with commas or by repeating',
      collectOnly,
    )
    .option(
      '--budget <time>',
      'train what fits into this time, e.g. 90m or 8h; says what that is before it starts',
      parseDuration,
    )
    .option('--plan', 'only say what would be trained', false)
    .option('--report', 'train nothing, only write the report of what is done', false)
    .option('--json', 'print one JSON object per finished cell, and one for the report', false);
  command
    .optionsGroup('Images:')
    .option(
      '--group <column>',
      'column of the metadata; images that share its value stay on one side of every split',
    )
    .option('--label <column>', 'column of the metadata that gives the label (default: the folder)')
    .option('--list <csv>', 'a file of file,label[,group][,split] instead of folders')
    .option(
      '--max-unreadable-share <share>',
      'share of the images that may be unreadable, 0 to 1 (default: 0.05)',
      parseNumber,
    )
    .optionsGroup('Every cell:')
    .option(
      '--weights <source>',
      'where backbones start: random or imagenet for all, or BACKBONE=random, imagenet or a weights file, several with commas or by repeating (default: imagenet where `isometry weights` has it, else random)',
      collectWeights,
    )
    .option('--epochs <n>', 'most epochs of the first stage (default: the protocol’s)', parseNumber)
    .option('--size <pixels>', 'width and height of the input (default: 128)', parseNumber)
    .option('--width-multiplier <alpha>', 'of MobileNet (default: 1)', parseNumber)
    .option('--embedding-size <n>', 'values of an embedding', parseNumber)
    .option('--batch-size <n>', 'images per training step (default: 32)', parseNumber);
  return command
    .addHelpText('after', HELP)
    .action(async (images: string, options: Options) => run(context, images, options));
}

const HELP = `
Cells of one seed have the same split and the same batches: losses are compared on the same test
images. Every cell is trained, exported to ONNX and evaluated by the runtime, and keeps what it has
done: stop it by Ctrl-C, kill it or switch the machine off, the same command goes on where it was.
Options that are not given again are those that the folder was started with.

The report is report/index.html: the paper’s table 2 with intervals and paired tests against
cross-entropy, its tables 3 to 5 and figures 3 and 4, the cost of every cell, and the paper’s own
figures beside them; reproduction.json and tables.md have the same numbers.

Examples:
  $ isometry reproduce photos --group patient_id
  $ isometry reproduce photos --budget 90m
  $ isometry reproduce photos --only mobilenet --seeds 3 --epochs 20
  $ isometry reproduce photos --only mobilenet/lifted-structured,mobilenet/cross-entropy
  $ isometry reproduce photos --weights mobilenet=weights.h5 --weights resnet50=random
  $ isometry reproduce photos --plan
  $ isometry reproduce photos --report`;

async function run(context: CommandContext, images: string, options: Options): Promise<void> {
  const { terminal } = context;
  const { signal, env } = terminal;
  const out = resolve(options.out);
  // Written among the photos, figures would be a class the next time.
  await assertOutside(out, images, 'out');
  const cells = chooseCells(options);
  const asked = await askedSettings(images, options, cells, env);
  const inFolder = await cellStatuses(out, await cellsIn(out));
  const started = inFolder.filter(({ state }) => state !== 'new');
  const settings = await resolveGridSettings(out, asked, started, (own) =>
    completeSettings(own, env),
  );
  const progress = createProgressPrinter(terminal);
  const shared = { images, out, settings, signal, onProgress: progress.report };
  try {
    if (options.plan) {
      await checkOptions(cells, settings);
      const plan = await planCells(await cellStatuses(out, cells), {
        ...shared,
        budgetSeconds: options.budget,
      });
      progress.finish();
      if (options.json) terminal.out(`${JSON.stringify(plan)}\n`);
      else terminal.err(formatGridPlan(plan));
      return;
    }
    const outcome = options.report
      ? undefined
      : await trainCells(context, cells, options, { ...shared, progress });
    await report(context, cells, options, { ...shared, progress });
    if (outcome === undefined) return;
    terminal.err(formatLeft(outcome));
    if (outcome.failed.length > 0) context.exitCode = EXIT_CODES.compute;
  } catch (error) {
    if (!isIsometryError(error) || error.code !== 'ABORTED') throw error;
    throw new IsometryError('ABORTED', `Stopped; ${out} keeps what was trained.`, {
      hint: 'Run the same command again: it goes on where it was stopped.',
      cause: error,
    });
  } finally {
    progress.finish();
  }
}

interface Shared {
  readonly images: string;
  readonly out: string;
  readonly settings: GridSettings;
  readonly signal: AbortSignal;
  readonly progress: ProgressPrinter;
}

async function trainCells(
  { terminal }: CommandContext,
  cells: readonly Cell[],
  { json, budget }: Options,
  { images, out, settings, signal, progress }: Shared,
): Promise<GridOutcome> {
  // What hours of training would end with is said now.
  await importExporter();
  await checkOptions(cells, settings);
  return runGrid({
    images,
    out,
    settings,
    cells,
    budgetSeconds: budget,
    signal,
    onProgress: progress.report,
    onWarning: (line) => {
      progress.finish();
      terminal.err(`${printable(`warning ${line}`)}\n`);
    },
    onPlan: (plan) => {
      progress.finish();
      terminal.err(formatGridPlan(plan));
    },
    onCell: (result) => {
      progress.finish();
      if (json) terminal.out(`${JSON.stringify(result)}\n`);
      else terminal.err(`${formatCell(result)}\n`);
    },
  });
}

async function report(
  { terminal }: CommandContext,
  asked: readonly Cell[],
  { json }: Options,
  { out, settings, signal, progress }: Shared,
): Promise<void> {
  const { page, reproduction } = await writeReproduction(out, await cellsIn(out), {
    settings,
    asked,
    signal,
    onProgress: progress.report,
  });
  progress.finish();
  terminal.out(
    json ? `${JSON.stringify({ report: page, ...reproduction })}\n` : `report: ${page}\n`,
  );
}

/** @throws `OPTION_INVALID` for options that no cell can be trained with, before any image is read */
async function checkOptions(cells: readonly Cell[], settings: GridSettings): Promise<void> {
  const { resolveSettings } = await importTrainer();
  for (const cell of cells) resolveSettings(cellTrainOptions(cell, settings));
}

function chooseCells(options: Options): readonly Cell[] {
  const only = options.only ?? [];
  const seeds = Array.from({ length: seedCount(options) }, (_, index) => index + 1);
  return planGrid(seeds, only);
}

async function askedSettings(
  images: string,
  options: Options,
  cells: readonly Cell[],
  env: CommandContext['terminal']['env'],
): Promise<AskedSettings> {
  const { protocol, weights = {}, group, label, list, maxUnreadableShare } = options;
  const { size, widthMultiplier, embeddingSize, epochs, batchSize } = options;
  const recipe = { size, widthMultiplier, embeddingSize, epochs, batchSize };
  const backbones = new Set(cells.map(({ backbone }) => backbone));
  return {
    name: basename(resolve(images)),
    protocol,
    weights: await placeWeights(weights, recipe, backbones, env),
    images: {
      group,
      label,
      list: list === undefined ? undefined : resolve(list),
      maxUnreadableShare,
    },
    recipe,
  };
}

function seedCount({ seeds = DEFAULT_SEEDS, only = [] }: Options): number {
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > MAX_SEED) {
    throw new IsometryError('OPTION_INVALID', `--seeds ${seeds} is no count.`, {
      hint: `Give an integer from 1 to ${MAX_SEED}.`,
      details: { option: 'seeds' },
    });
  }
  // A seed that is named is wanted, beyond the default count too.
  return Math.max(seeds, ...only.map(({ seed = 1 }) => seed));
}

function collectOnly(text: string, before: readonly CellPattern[] = []): readonly CellPattern[] {
  return [...before, ...text.split(',').map(parseOnly)];
}
