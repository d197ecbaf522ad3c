import type { ExportRecord, VariantRecord } from '@isometry/core';
import type { ExportedModel } from '@isometry/export';
import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import { formatBytes } from '../setup/free-space.ts';

/** What `isometry export` prints: the files, how they were proven and what each costs. */
export function formatExport(models: readonly ExportedModel[]): string {
  const [first] = models;
  const proof = first?.manifest.export?.proof;
  const lines = models.flatMap(({ path, digest, sizeBytes, manifest }) => [
    `${printable(path)} (${formatBytes(sizeBytes)}, sha256 ${digest})`,
    ...formatVariant(manifest.export).map((line) => `  ${line}`),
  ]);
  return [...(proof === undefined ? [] : [formatProof(proof)]), ...lines, ''].join('\n');
}

/** What the proof found, in a line. */
export function formatProof({
  reference,
  inputs,
  outputs,
  argmaxAgreement,
}: ExportRecord['proof']): string {
  const differences = Object.entries(outputs).map(
    ([output, { maxAbs }]) => `${printable(output)} ${maxAbs.toExponential(1)}`,
  );
  const { agreed, total } = argmaxAgreement;
  return (
    `equal to ${printable(reference)} on ${counted(inputs.images, 'image')} and ${counted(inputs.random, 'random input')}: ` +
    `largest difference ${differences.join(', ')}; same label for ${agreed} of ${total}`
  );
}

/** What a smaller file is and costs, in lines; none for fp32. */
export function formatVariant(record: ExportRecord | undefined): readonly string[] {
  const variant = record?.variant;
  if (record === undefined || variant === undefined || variant === null) return [];
  return [
    `${record.precision}: ${(100 * variant.sizeRatio).toFixed(1)} % of the float32 file's size`,
    ...formatCost(variant),
    ...(variant.calibration === null
      ? []
      : [
          `calibrated by ${variant.calibration.method} on ${counted(variant.calibration.images, 'image')}`,
        ]),
    ...(variant.keptFloat.length === 0
      ? []
      : [`${counted(variant.keptFloat.length, 'node')} kept in float32`]),
  ];
}

function formatCost({ agreement, drop }: VariantRecord): readonly string[] {
  if (agreement === null) return ['not measured: no images were given'];
  const same = `same label as float32 for ${agreement.agreed} of ${counted(agreement.total, 'image')}`;
  if (drop === null) return [same];
  const { value, low, high, level } = drop.accuracy;
  const change = value < 0 ? 'higher' : 'lower';
  return [
    same,
    `accuracy ${points(Math.abs(value))} points ${change} on ${counted(drop.count, 'image')} of ${drop.split} (${100 * level} % interval of the drop ${points(low)} to ${points(high)})`,
  ];
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}
