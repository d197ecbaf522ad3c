import type { Precision } from '@isometry/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { exportHere, type ExportHereOptions } from '../export/export-here.ts';
import { formatExport } from '../export/format-export.ts';
import { PIXELS_HELP } from '../export/parse-pixels.ts';
import { parseNumber } from '../option-parsers.ts';
import { printable } from '../printable.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import type { CommandContext } from '../terminal.ts';

interface Options extends Omit<
  ExportHereOptions,
  'precisions' | 'maxDrop' | 'env' | 'signal' | 'onProgress' | 'onWarning' | 'onNote'
> {
  readonly precision: readonly Precision[];
  /** In points. */
  readonly maxDrop?: number;
  readonly json: boolean;
}

/** `isometry export MODEL --out PATH` */
export function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description('Turn a trained tfjs model into one self-describing .onnx file, proven equal.')
    .argument('<model>', 'the folder that `isometry train` made, or any tfjs model.json')
    .requiredOption('--out <path>', 'a folder, or a path that ends in .onnx for that one file')
    .addOption(
      new Option('--precision <list>', 'fp32, fp16, int8: the files to make')
        .argParser(parsePrecisions)
        .default(['fp32'], 'fp32'),
    )
    .option(
      '--images <folder>',
      'images for the proof, for calibrating int8 and for measuring what a variant costs (default: those of the run, where they were)',
    )
    .option('--group <column>', 'column of the metadata: intervals draw whole groups')
    .option(
      '--calibration-images <count>',
      'how many images int8 is calibrated on (default: 128)',
      parseNumber,
    )
    .option(
      '--max-drop <points>',
      'by how many points int8 may lower the accuracy on validation images before nodes go back to float32 (default: 1)',
      parseNumber,
    )
    .option(
      '--reduce-range',
      'int8 weights of 7 bits, for x86 processors without VNNI, where 8 saturate (default: what this machine needs)',
    )
    .addOption(
      new Option('--converter <name>', 'what turns the network into ONNX')
        .choices(['native', 'tf2onnx'])
        .default('native'),
    )
    .option('--no-fold', 'keep a node for every layer, batch normalisation and padding included')
    .option('--labels <file>', 'any tfjs model: its labels, one a line, or a JSON file')
    .option('--pixels <spec>', 'any tfjs model: how it wants its pixels, see below')
    .option(
      '--embedding <layer>',
      'any tfjs model: the layer that gives the embedding (default: what its last dense layer gets)',
    )
    .option('--logits <layer>', 'any tfjs model: the layer that gives the logits')
    .addOption(
      new Option(
        '--input-size <WxH>',
        'any tfjs model: its input, where the model leaves it open',
      ).argParser(parseSize),
    )
    .option('--name <name>', 'any tfjs model: its name (default: its folder’s)')
    .option('--license <spdx>', 'any tfjs model: its licence')
    .option('--intended-use <text>', 'any tfjs model: what it is for')
    .option('--json', 'print what was made as one JSON object', false)
    .addHelpText('after', HELP)
    .action(async (model: string, options: Options) => {
      const { terminal } = context;
      const progress = createProgressPrinter(terminal);
      const { precision, maxDrop, json, ...rest } = options;
      try {
        const result = await exportHere(model, {
          ...rest,
          precisions: precision,
          ...(maxDrop === undefined ? {} : { maxDrop: maxDrop / 100 }),
          env: terminal.env,
          signal: terminal.signal,
          onNote: (message) => {
            progress.finish();
            terminal.err(`${printable(message)}\n`);
          },
          onProgress: progress.report,
          onWarning: (message) => {
            progress.finish();
            terminal.err(`${printable(`warning: ${message}`)}\n`);
          },
        });
        progress.finish();
        const models = result.models.map(({ path, digest, sizeBytes, manifest }) => ({
          path,
          digest,
          sizeBytes,
          export: manifest.export,
        }));
        terminal.out(
          json
            ? `${JSON.stringify({ models, files: result.files })}\n`
            : formatExport(result.models),
        );
      } finally {
        progress.finish();
      }
    });
}

const HELP = `
A folder also gets what other people's tools read: config.json and preprocessor_config.json
(transformers.js, optimum), labels.txt and a model card.

Every export is proven: the file runs in ONNX Runtime beside the model in TensorFlow.js, and is not
written when they differ. int8 is calibrated on training images, the validation images decide which
nodes stay in float32, and the test images say what it costs.

--pixels ${PIXELS_HELP}

Examples:
  $ isometry export run --out model                       # model/onnx/model.onnx and its neighbours
  $ isometry export run --out model.onnx                  # the one file
  $ isometry export run --out model --precision fp32,fp16,int8
  $ isometry export run --out small.onnx --precision int8 --images photos
  $ isometry export tm/model.json --out tm --pixels tf,fit=cover --labels labels.txt`;

function parsePrecisions(text: string): readonly Precision[] {
  return text.split(',').map((part) => {
    const name = part.trim();
    if (name === 'fp32' || name === 'fp16' || name === 'int8') return name;
    throw new InvalidArgumentError('Give some of fp32, fp16, int8.');
  });
}

function parseSize(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,4})x(\d{1,4})$/u.exec(text) ?? [];
  if (width === undefined || height === undefined) {
    throw new InvalidArgumentError('Give width x height in pixels, e.g. 224x224.');
  }
  return { width: Number(width), height: Number(height) };
}
