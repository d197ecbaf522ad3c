import { resolve } from 'node:path';
import type { Provider } from '@isometry/core';
import type { SplitName } from '@isometry/dataset';
import { Command, Option } from 'commander';
import { assertOutside } from '../assert-outside.ts';
import { counted } from '../counted.ts';
import { evaluateModel } from '../evaluate/evaluate-model.ts';
import { prepareOut } from '../evaluate/prepare-out.ts';
import { writeEvaluation } from '../evaluate/write-evaluation.ts';
import { formatInterval, formatPercent } from '../format-interval.ts';
import { providerOption } from '../option-parsers.ts';
import { printable } from '../printable.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import type { CommandContext } from '../terminal.ts';

interface Options {
  readonly out?: string;
  readonly run?: string;
  readonly list?: string;
  readonly label?: string;
  readonly group?: string;
  readonly split?: SplitName;
  readonly provider: readonly Provider[];
  readonly maps: boolean;
  readonly json: boolean;
}

/** `isometry evaluate MODEL IMAGES` */
export function evaluateCommand(context: CommandContext): Command {
  return new Command('evaluate')
    .description('Measure a model on labelled images: metrics with intervals, figures, one page.')
    .argument('<model>', 'an .onnx that `isometry export` made')
    .argument('<images>', 'a folder with one folder of images per class, or see --list and --label')
    .option(
      '--out <folder>',
      'where the report goes, outside of the images: a new folder, or an earlier report, which is replaced (default: none, only the summary is printed)',
    )
    .option(
      '--run <run>',
      'the run that the model came from: its test split is evaluated, neighbours are looked up in its training split, and the report has its training curves',
    )
    .option('--list <csv>', 'a file of file,label[,group][,split] instead of folders')
    .addOption(
      new Option(
        '--split <name>',
        'which split is evaluated (default: test where splits are given, else all images)',
      ).choices(['train', 'validation', 'test']),
    )
    .option('--label <column>', 'column of the metadata that gives the label (default: the folder)')
    .option(
      '--group <column>',
      'column of the metadata; intervals draw whole groups, for the photos of one patient are no independent evidence',
    )
    .addOption(providerOption())
    .option('--no-maps', 'leave t-SNE and UMAP away, the slowest part')
    .option('--json', 'print the evaluation as one JSON object', false)
    .addHelpText('after', HELP)
    .action(async (model: string, images: string, options: Options) => {
      await run(context, model, images, options);
    });
}

const HELP = `
Images that the model was trained on make it look better than it is: name its run with --run, or give
images that it never saw.

The report is index.html, one file that needs no network, with evaluation.json (the same content),
figures/ (SVG and PNG, light and dark), mistakes.png and embeddings.npy beside it.

Examples:
  $ isometry evaluate model.onnx photos --run run --out report
  $ isometry evaluate model.onnx other-photos --group patient_id --out report
  $ isometry evaluate model.onnx photos --list test.csv --provider wasm
  $ isometry evaluate model.onnx photos --run run --json | jq .classification.balancedAccuracy`;

async function run(
  { terminal }: CommandContext,
  model: string,
  images: string,
  { out, json, provider, ...options }: Options,
): Promise<void> {
  const { signal } = terminal;
  if (out !== undefined) {
    await assertOutside(out, images, 'out');
    await prepareOut(resolve(out));
  }
  const progress = createProgressPrinter(terminal);
  const shared = { signal, onProgress: progress.report };
  try {
    const evaluated = await evaluateModel(model, images, {
      ...options,
      // Nobody would see them.
      maps: options.maps && (out !== undefined || json),
      providers: provider,
      ...shared,
    });
    const page =
      out === undefined
        ? undefined
        : await writeEvaluation(resolve(out), images, evaluated, shared);
    progress.finish();
    const { evaluation } = evaluated;
    for (const warning of evaluation.data.warnings) {
      terminal.err(`${printable(`warning: ${warning}`)}\n`);
    }
    for (const { file, code } of evaluation.data.skipped.slice(0, 10)) {
      terminal.err(`${printable(`warning: left out ${file} (${code})`)}\n`);
    }
    terminal.out(json ? `${JSON.stringify(evaluation)}\n` : summary(evaluated));
    if (page !== undefined && !json) terminal.out(`report: ${page}\n`);
  } finally {
    progress.finish();
  }
}

function summary({ evaluation }: Awaited<ReturnType<typeof evaluateModel>>): string {
  const { classification, calibration, retrieval, data } = evaluation;
  const largest = Math.max(...data.classes.map(({ count }) => count)) / data.count;
  return [
    `${counted(data.count, 'image')}${data.split === null ? '' : ` of the ${data.split} split`}${data.groups === null ? '' : ` in ${counted(data.groups, 'group')}`}`,
    `accuracy           ${formatInterval(classification.accuracy)}; always the largest class: ${formatPercent(largest)}`,
    `balanced accuracy  ${formatInterval(classification.balancedAccuracy)}`,
    `macro F1           ${formatInterval(classification.macroF1)}`,
    `P@1, MAP@R         ${formatPercent(retrieval.precisionAt1)}, ${formatPercent(retrieval.mapAtR)}`,
    `calibration error  ${formatPercent(calibration.ece)}`,
    '',
    ...classification.classes.map(({ label, recall, precision, support }) =>
      printable(
        `${label}: ${recall === null ? 'no image' : `recall ${formatPercent(recall.value)}, precision ${formatPercent(precision)}, ${counted(support, 'image')}`}`,
      ),
    ),
    '',
  ].join('\n');
}
