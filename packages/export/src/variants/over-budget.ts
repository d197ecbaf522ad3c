import { MAX_DROP, MAX_SIZE_SHARE, type QuantizationReport } from '../precision/quantize-int8.ts';

/** What the search could not keep to: the file is made all the same, for its cost is measured and said. */
export function overBudget(
  {
    sizeBytes,
    floatSizeBytes,
    validation,
  }: Pick<QuantizationReport, 'sizeBytes' | 'floatSizeBytes' | 'validation'>,
  maxDrop: number = MAX_DROP,
): readonly string[] {
  const share = sizeBytes / floatSizeBytes;
  const drop = validation?.kept.drop ?? 0;
  return [
    ...(share > MAX_SIZE_SHARE
      ? [
          `int8 takes ${percent(share)} % of the float32 file, more than ${percent(MAX_SIZE_SHARE)} %: a small network is mostly its own description.`,
        ]
      : []),
    ...(drop > maxDrop
      ? [
          `int8 lowers the accuracy on the validation images by ${percent(drop)} points, more than ${percent(maxDrop)}, and no node that still fits into the size would make up for it.`,
        ]
      : []),
  ];
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
