import type { Provider } from '@isometry/core';
import { Command } from 'commander';
import { parseNumber, providerOption } from '../option-parsers.ts';
import { readEachImage } from '../read-each-image.ts';
import type { CommandContext } from '../terminal.ts';

interface Options {
  readonly topK?: number;
  readonly provider: readonly Provider[];
  readonly json: boolean;
}

/** `isometry classify MODEL IMAGE…` */
export function classifyCommand(context: CommandContext): Command {
  return new Command('classify')
    .description('Say what images show, by a model that `isometry export` wrote.')
    .argument('<model>', 'the .onnx file')
    .argument('<image...>', 'JPEG, PNG or WebP files')
    .option('--top-k <n>', 'show the n most probable labels (default: all)', parseNumber)
    .addOption(providerOption())
    .option('--json', 'print one JSON object per image', false)
    .addHelpText(
      'after',
      `
Prints the most probable label first. An image that cannot be read is reported on stderr, the others
go on, and the exit code says so at the end.

Examples:
  $ isometry classify model.onnx photo.jpg
  $ isometry classify model.onnx photos/*.jpg --top-k 1
  $ isometry classify model.onnx photos/*.jpg --json > answers.jsonl
  $ isometry classify model.onnx photo.jpg --provider cuda,cpu`,
    )
    .action(async (model: string, images: readonly string[], options: Options) => {
      await readEachImage(context, {
        model,
        images,
        providers: options.provider,
        json: options.json,
        read: (classifier, image, signal) =>
          classifier.classify(image, { signal, topK: options.topK }),
        // Position is what `embed` is for; here it would bury the answer.
        toJson: (answer) => ({ ...answer, embedding: undefined }),
        toText: ({ predictions }, image) =>
          `${image}  ${predictions
            .map(({ label, probability }) => `${label} ${(100 * probability).toFixed(1)} %`)
            .join(', ')}`,
        warningsOf: (answer) => answer.warnings,
      });
    });
}
