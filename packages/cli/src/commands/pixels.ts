import type { Provider, StageTrace, Tensor, Trace } from '@isometry/core';
import { Command } from 'commander';
import { providerOption } from '../option-parsers.ts';
import { readEachImage } from '../read-each-image.ts';
import type { CommandContext } from '../terminal.ts';

interface Options {
  readonly provider: readonly Provider[];
  readonly json: boolean;
}

/** `isometry pixels MODEL IMAGE…` */
export function pixelsCommand(context: CommandContext): Command {
  return new Command('pixels')
    .description('Print the SHA-256 of every stage between an image and its answer.')
    .argument('<model>', 'the .onnx file')
    .argument('<image...>', 'JPEG, PNG or WebP files')
    .addOption(providerOption())
    .option('--json', 'print one JSON object per image', false)
    .addHelpText(
      'after',
      `
The stages are decode (the decoder's pixels), pixels (fitted to the model's input), tensor (normalised)
and the model's outputs. Two machines that agree up to a stage print the same hash for it; decode,
pixels and tensor are the same on every runtime, Python's Pillow included (docs/pixels.md).

Examples:
  $ isometry pixels model.onnx photo.jpg
  $ isometry pixels model.onnx photo.jpg --provider wasm --json`,
    )
    .action(async (model: string, images: readonly string[], options: Options) => {
      await readEachImage(context, {
        model,
        images,
        providers: options.provider,
        json: options.json,
        read: (classifier, image, signal) => classifier.trace(image, { signal }),
        toJson: traceJson,
        toText: traceText,
        warningsOf: (trace) => trace.decision.warnings,
      });
    });
}

function traceJson(trace: Trace): Readonly<Record<string, unknown>> {
  const { decode, pixels, tensor, model, decision } = trace;
  return {
    decode: { sha256: decode.sha256, width: decode.value.width, height: decode.value.height },
    pixels: { sha256: pixels.sha256, width: pixels.value.width, height: pixels.value.height },
    tensor: tensorJson(tensor),
    model: Object.fromEntries(
      Object.entries(model).map(([name, output]) => [name, tensorJson(output)]),
    ),
    provider: decision.provider,
    modelDigest: decision.modelDigest,
  };
}

function tensorJson({ sha256, value }: StageTrace<Tensor>): object {
  return { sha256, dims: value.dims };
}

function traceText(trace: Trace, image: string): string {
  const { decode, pixels, tensor, model } = trace;
  const rows: readonly (readonly [string, string, string])[] = [
    ['decode', decode.sha256, `${decode.value.width} x ${decode.value.height}`],
    ['pixels', pixels.sha256, `${pixels.value.width} x ${pixels.value.height}`],
    ['tensor', tensor.sha256, `[${tensor.value.dims.join(', ')}]`],
    ...Object.entries(model).map(
      ([name, { sha256, value }]) =>
        [`model.${name}`, sha256, `[${value.dims.join(', ')}]`] as const,
    ),
  ];
  const width = Math.max(...rows.map(([stage]) => stage.length));
  return [image, ...rows.map((row) => `  ${row[0].padEnd(width)}  ${row[1]}  ${row[2]}`)].join(
    '\n',
  );
}
