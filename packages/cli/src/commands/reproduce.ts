import { resolve } from 'node:path';
import { IsometryError } from '@isometry/core';
import type { BackboneName, ProtocolName } from '@isometry/train';
import { Command, Option } from 'commander';
import { parseDuration } from '../duration.ts';
import { parseNumber } from '../option-parsers.ts';
import { printable } from '../printable.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import { formatGridPlan, formatLeft } from '../reproduce/format-grid.ts';
import {
  DEFAULT_SEEDS,
  GRID_BACKBONES,
  parseOnly,
  planGrid,
  type CellPattern,
} from '../reproduce/grid.ts';
import { cellsIn } from '../reproduce/cells-in.ts';
import { completeSettings, placeWeights } from '../reproduce/complete-settings.ts';
import { openGridFolder, type AskedSettings } from '../reproduce/grid-settings.ts';
import { formatCell } from '../reproduce/format-cell.ts';
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
      'where backbones start: random, imagenet, a weights file, or BACKBONE=one of these, several with commas or by repeating (default: imagenet where `isometry weights` has it, else random)',
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
  const { signal } = terminal;
  const out = resolve(options.out);
  const asked = await askedSettings(options, terminal.env);
  const settings = await openGridFolder(out, asked, () => completeSettings(asked, terminal.env));
  const seeds = Array.from({ length: seedCount(options) }, (_, index) => index + 1);
  const progress = createProgressPrinter(terminal);
  const say = (line: string): void => {
    progress.finish();
    terminal.err(`${line}\n`);
  };
  try {
    const chosen = planGrid(seeds, options.only ?? []);
    const outcome: GridOutcome = options.report
      ? { finished: [], failed: [], left: [] }
      : await runGrid({
          images,
          out,
          settings,
          cells: chosen,
          budgetSeconds: options.budget,
          planOnly: options.plan,
          signal,
          onProgress: progress.report,
          onWarning: (line) => say(printable(`warning ${line}`)),
          onPlan: (plan) => {
            progress.finish();
            terminal.err(formatGridPlan(plan));
          },
          onCell: (result) => {
            progress.finish();
            if (options.json) terminal.out(`${JSON.stringify(result)}\n`);
            else terminal.err(`${formatCell(result)}\n`);
          },
        });
    if (options.plan) return;
    const { page, reproduction } = await writeReproduction(out, await cellsIn(out), {
      settings,
      name: images,
      failed: outcome.failed,
      left: outcome.left,
      signal,
      onProgress: progress.report,
    });
    progress.finish();
    terminal.err(formatLeft(outcome));
    terminal.out(
      options.json ? `${JSON.stringify({ report: page, ...reproduction })}\n` : `report: ${page}\n`,
    );
  } finally {
    progress.finish();
  }
}

async function askedSettings(
  options: Options,
  env: CommandContext['terminal']['env'],
): Promise<AskedSettings> {
  const { protocol, weights = {}, group, label, list, maxUnreadableShare } = options;
  const { size, widthMultiplier, embeddingSize, epochs, batchSize } = options;
  const recipe = { size, widthMultiplier, embeddingSize, epochs, batchSize };
  return {
    protocol,
    weights: await placeWeights(weights, recipe, env),
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
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > 1000) {
    throw new IsometryError('OPTION_INVALID', `--seeds ${seeds} is no count.`, {
      hint: 'Give an integer from 1 to 1000.',
      details: { option: 'seeds' },
    });
  }
  // A seed that is named is wanted, beyond the default count too.
  return Math.max(seeds, ...only.map(({ seed = 1 }) => seed));
}

function collectOnly(text: string, before: readonly CellPattern[] = []): readonly CellPattern[] {
  return [...before, ...text.split(',').map(parseOnly)];
}

type Weights = Partial<Record<BackboneName, string>>;

function collectWeights(text: string, before: Weights = {}): Weights {
  const weights: Weights = { ...before };
  for (const part of text.split(',')) {
    const [name, ...source] = part.split('=');
    const backbone = GRID_BACKBONES.find((own) => own === name);
    if (backbone === undefined) for (const own of GRID_BACKBONES) weights[own] = part;
    else weights[backbone] = source.join('=');
  }
  return weights;
}
