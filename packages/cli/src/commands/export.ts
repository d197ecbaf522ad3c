import { Command } from 'commander';
import { exportRunHere } from '../export-run.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import { formatBytes } from '../setup/free-space.ts';
import type { CommandContext } from '../terminal.ts';

interface Options {
  readonly out: string;
  readonly json: boolean;
}

/** `isometry export RUN --out DIR` */
export function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description('Turn a training run into one self-describing .onnx file.')
    .argument('<run>', 'the folder that `isometry train` made')
    .requiredOption('--out <path>', 'a folder, or a path that ends in .onnx for that one file')
    .option('--json', 'print what was made as one JSON object', false)
    .addHelpText(
      'after',
      `
A folder also gets what other people's tools read: config.json and preprocessor_config.json
(transformers.js, optimum), labels.txt and a model card. The model is run once on an embedded image,
so that every runtime can check itself later.

Examples:
  $ isometry export run --out model            # model/onnx/model.onnx and its neighbours
  $ isometry export run --out model.onnx       # the one file`,
    )
    .action(async (run: string, options: Options) => {
      const { terminal } = context;
      const { signal } = terminal;
      const progress = createProgressPrinter(terminal);
      try {
        const result = await exportRunHere(run, {
          out: options.out,
          signal,
          onProgress: progress.report,
        });
        progress.finish();
        const { modelPath, modelDigest, sizeBytes, files } = result;
        terminal.out(
          options.json
            ? `${JSON.stringify({ modelPath, modelDigest, sizeBytes, files })}\n`
            : `${modelPath} (${formatBytes(sizeBytes)}, sha256 ${modelDigest})\n`,
        );
      } finally {
        progress.finish();
      }
    });
}
