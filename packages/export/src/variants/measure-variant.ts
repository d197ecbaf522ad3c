import {
  INPUT_NAME,
  numberClusters,
  pairedBootstrap,
  type ModelSession,
  type VariantRecord,
} from '@isometry/core';
import type { ExportImages } from '../export-image.ts';
import { indexOfLargest } from '../index-of-largest.ts';
import { imageBatches, type ImageBatchesOptions } from './image-batches.ts';

/** What a variant answers, beside the float32 file it was made from. */
export type MeasuredVariant = Pick<VariantRecord, 'agreement' | 'drop'>;

/**
 * Runs both files on the images that are kept for measuring. The interval is of the paired difference, over whole
 * groups where they are known.
 * @throws `INFERENCE_FAILED`, `ABORTED`
 */
export async function measureVariant(
  float: ModelSession,
  variant: ModelSession,
  { test, testName }: ExportImages,
  options: Omit<ImageBatchesOptions, 'batchSize'>,
): Promise<MeasuredVariant> {
  const rows: { file: string; group: string | null; float: boolean; variant: boolean }[] = [];
  let agreed = 0;
  let total = 0;
  for await (const { tensor, images, truth } of imageBatches(test, { ...options, batchSize: 16 })) {
    const [expected, found] = [
      await argmax(float, tensor, options.signal),
      await argmax(variant, tensor, options.signal),
    ];
    total += images.length;
    for (const [row, { id, group }] of images.entries()) {
      if (expected[row] === found[row]) agreed += 1;
      const label = truth?.[row];
      if (label === undefined) continue;
      rows.push({
        file: id,
        group: group ?? null,
        float: expected[row] === label,
        variant: found[row] === label,
      });
    }
  }
  if (total === 0) return { agreement: null, drop: null };
  return { agreement: { agreed, total }, drop: measureDrop(rows, testName) };
}

async function argmax(
  session: ModelSession,
  tensor: { readonly data: Float32Array; readonly dims: readonly number[] },
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const { logits } = await session.run({ [INPUT_NAME]: tensor }, ['logits'], { signal });
  const [count = 0, classes = 0] = logits?.dims ?? [];
  return Array.from({ length: count }, (_, row) => {
    const values = logits?.data.subarray(row * classes, (row + 1) * classes) ?? new Float32Array();
    return indexOfLargest(values);
  });
}

function measureDrop(
  rows: readonly { file: string; group: string | null; float: boolean; variant: boolean }[],
  split: string,
): VariantRecord['drop'] {
  if (rows.length === 0) return null;
  const share =
    (name: 'float' | 'variant') =>
    (drawn: Int32Array): number =>
      drawn.reduce((sum, row) => sum + Number(rows[row]?.[name]), 0) / drawn.length;
  const { difference } = pairedBootstrap(rows.length, share('float'), share('variant'), {
    clusters: numberClusters(rows),
  });
  return { split, count: rows.length, accuracy: difference };
}
