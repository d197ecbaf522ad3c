import type { ExportRecord, Interval, Precision, VariantRecord } from '@isometry/core';
import { MODEL_FILES } from './loader-files.ts';
import { markdownText, percent } from './markdown-text.ts';

/** How many of the nodes that stayed in float32 the card names. */
const SHOWN_NODES = 20;

/**
 * The model card's section on how the files were made, proven and made smaller: the records of one export, which have
 * their proof in common.
 */
export function exportSection(records: readonly ExportRecord[]): string {
  const [first] = records;
  if (first === undefined) return '';
  const { reference, inputs, outputs, argmaxAgreement } = first.proof;
  const rows = Object.entries(outputs).map(
    ([name, { maxAbs, meanAbs, bound }]) =>
      `| ${markdownText(name)} | ${scientific(maxAbs)} | ${scientific(meanAbs)} | ${scientific(bound)} |`,
  );
  const { name, version } = first.converter;
  return [
    `Converted by ${name === 'native' ? 'Isometry' : name} ${markdownText(version)} and run in ONNX Runtime against ${markdownText(reference)} on ${inputs.images}
images and ${inputs.random} random inputs: the same label first for ${argmaxAgreement.agreed} of ${argmaxAgreement.total}.`,
    ['| output | largest difference | mean | bound |', '|---|---|---|---|', ...rows].join('\n'),
    ...records.flatMap(({ precision, variant }) =>
      variant === null ? [] : [variantText(precision, variant)],
    ),
  ].join('\n\n');
}

function variantText(precision: Precision, variant: VariantRecord): string {
  const { sizeRatio, calibration, keptFloat, agreement, drop } = variant;
  const named = keptFloat.slice(0, SHOWN_NODES).map(markdownText).join(', ');
  const more = keptFloat.length - SHOWN_NODES;
  const lines = [
    `\`${MODEL_FILES[precision].path}\` computes in ${precision}; inputs and outputs are float32. Its size is ${percent(sizeRatio)} of the float32 file’s.`,
    ...(calibration === null
      ? []
      : [
          `Ranges by ${markdownText(calibration.method)} over ${calibration.images} images (SHA-256 of all ${calibration.digest}).`,
        ]),
    agreement === null
      ? 'Not compared with the float32 file on images.'
      : `The same label first as the float32 file on ${agreement.agreed} of ${agreement.total} images.`,
    drop === null
      ? 'What it costs in accuracy was not measured.'
      : `Accuracy lost on the ${markdownText(drop.split)} split of ${drop.count} images: ${points(drop.accuracy)}.`,
    keptFloat.length === 0
      ? 'No node was kept in float32 for its accuracy.'
      : `Kept in float32: ${named}${more > 0 ? ` and ${more} more` : ''}.`,
  ];
  return `### ${precision}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function points({ value, low, high, level, method }: Interval): string {
  return `${point(value)} points (${percent(level)} interval ${point(low)} to ${point(high)}, ${markdownText(method)})`;
}

function point(share: number): string {
  return (share * 100).toFixed(1).replace('-', '−');
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
