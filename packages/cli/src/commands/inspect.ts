import { createHash } from 'node:crypto';
import type { ExportRecord, Manifest } from '@isometry/core';
import { MAX_MODEL_BYTES, readManifest } from '@isometry/onnx';
import { Command } from 'commander';
import { formatProof, formatVariant } from '../export/format-export.ts';
import { formatInterval } from '../format-interval.ts';
import { printable } from '../printable.ts';
import { formatBytes } from '../setup/free-space.ts';
import type { CommandContext } from '../terminal.ts';

/** `isometry inspect MODEL` */
export function inspectCommand(context: CommandContext): Command {
  return new Command('inspect')
    .description('Show what a model file says of itself, without running it.')
    .argument('<model>', 'the .onnx file')
    .option('--json', 'print the manifest as one JSON object', false)
    .addHelpText(
      'after',
      `
Examples:
  $ isometry inspect model.onnx
  $ isometry inspect model.onnx --json | jq .manifest.training`,
    )
    .action(async (model: string, options: { readonly json: boolean }) => {
      const { signal } = context.terminal;
      // On use: `--help` answers at once.
      const { readModel } = await import('@isometry/runtime-node');
      const bytes = await readModel(model, { maxBytes: MAX_MODEL_BYTES, signal });
      const manifest = readManifest(bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const file = { model, sizeBytes: bytes.length, sha256 };
      context.terminal.out(
        options.json
          ? `${JSON.stringify({ ...file, manifest })}\n`
          : `${manifestRows(manifest, file)
              .map(([name, value]) => `${name.padEnd(12)}  ${printable(value)}`)
              .join('\n')}\n`,
      );
    });
}

function manifestRows(
  manifest: Manifest,
  file: { readonly model: string; readonly sizeBytes: number; readonly sha256: string },
): readonly (readonly [string, string])[] {
  const { pixels, embedding, calibration, training, metrics } = manifest;
  return [
    ['file', `${file.model} (${formatBytes(file.sizeBytes)})`],
    ['sha256', file.sha256],
    ['name', manifest.name],
    ['labels', manifest.labels.join(', ')],
    [
      'input',
      `${pixels.width} x ${pixels.height}, ${pixels.fit}, ${pixels.filter} (${pixels.version})`,
    ],
    [
      'embedding',
      `${embedding.size} values, ${embedding.distance} distance${embedding.normalised ? ', length 1' : ''}`,
    ],
    [
      'calibration',
      calibration === null
        ? 'none'
        : `temperature ${calibration.temperature.toPrecision(4)} (${calibration.method})`,
    ],
    [
      'training',
      training === null
        ? 'not by Isometry'
        : `${training.backbone} ${training.widthMultiplier}, ${training.loss.name} (${training.loss.preset}), seed ${training.seed}`,
    ],
    [
      'accuracy',
      metrics === null
        ? 'not measured'
        : `${formatInterval(metrics.accuracy)} on the ${metrics.split} split (${metrics.count} images)`,
    ],
    ['precision', manifest.export?.precision ?? 'not stated'],
    ...exportRows(manifest.export),
    ['license', manifest.license === '' ? 'unknown' : manifest.license],
    ['intended use', manifest.intendedUse === '' ? 'not stated' : manifest.intendedUse],
    ['canary', manifest.canary === null ? 'none' : 'yes'],
  ];
}

/** How it was made and proven, and what a smaller file costs. */
function exportRows(record: ExportRecord | undefined): readonly (readonly [string, string])[] {
  if (record === undefined) return [];
  const { name, version } = record.converter;
  return [
    ['converter', `${name} ${version}`],
    ['proof', formatProof(record.proof)],
    ...formatVariant(record).map((line) => ['variant', line] as const),
  ];
}
