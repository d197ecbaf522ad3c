import type { Provider } from '@isometry/core';
import { Command } from 'commander';
import { providerOption } from '../option-parsers.ts';
import { readEachImage } from '../read-each-image.ts';
import type { CommandContext } from '../terminal.ts';

interface Options {
  readonly provider: readonly Provider[];
  readonly json: boolean;
}

/** `isometry embed MODEL IMAGE…` */
export function embedCommand(context: CommandContext): Command {
  return new Command('embed')
    .description('Print the positions of images in metric space: the nearer, the more alike.')
    .argument('<model>', 'the .onnx file')
    .argument('<image...>', 'JPEG, PNG or WebP files')
    .addOption(providerOption())
    .option('--json', 'print one JSON object per image', false)
    .addHelpText(
      'after',
      `
A line is the file and then the values, separated by tabs. They are the float32 values exactly:
reading them back gives the same bits.

Examples:
  $ isometry embed model.onnx photos/*.jpg > embeddings.tsv
  $ isometry embed model.onnx photo.jpg --json`,
    )
    .action(async (model: string, images: readonly string[], options: Options) => {
      await readEachImage(context, {
        model,
        images,
        providers: options.provider,
        json: options.json,
        read: (classifier, image, signal) => classifier.embed(image, { signal }),
        toJson: ({ embedding, ...answer }) => ({ embedding: [...embedding], ...answer }),
        toText: ({ embedding }, image) => [image, ...embedding].join('\t'),
        warningsOf: (answer) => answer.warnings,
      });
    });
}
