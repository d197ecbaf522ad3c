import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { numberClusters, type Manifest } from '@isometry/core';
import { scanImageFolder, type SplitName } from '@isometry/dataset';
import type { ImageBatch } from '@isometry/export';
import { createImageDecoder, normalizePixels } from '@isometry/pixels';

/** All images of a run, decoded: pixels in memory (a quarter of the tensors), tensors on demand. */
export interface LabelledImages {
  readonly count: number;
  /** The index of every image's label. */
  readonly truth: readonly number[];
  /** The cluster of every image: its lesion. */
  readonly clusters: Int32Array;
  /** The rows of a split, in order; at most `most` of them, from all over it. */
  rowsOf(split: SplitName, most?: number): readonly number[];
  batches(rows: readonly number[]): Iterable<ImageBatch>;
}

const BATCH = 16;

/** Reads the images that a run was trained, validated and tested on, as `isometry evaluate` does. */
export async function readLabelledImages(
  root: string,
  run: string,
  manifest: Manifest,
): Promise<LabelledImages> {
  const { files, splits, groups } = await scanImageFolder(root, {
    list: join(run, 'split.csv'),
    labels: manifest.labels,
    group: 'group',
  });
  const { pixels: spec } = manifest;
  const { width, height } = spec;
  const decode = createImageDecoder();
  const pixels: Uint8Array[] = [];
  const digests: string[] = [];
  for (const { file } of files) {
    const bytes = await readFile(join(root, file));
    pixels.push((await decode(bytes, spec, {})).pixels.data);
    digests.push(createHash('sha256').update(bytes).digest('hex'));
  }
  const truth = files.map(({ label }) => manifest.labels.indexOf(label));
  return {
    count: files.length,
    truth,
    clusters: numberClusters(files.map(({ file }) => ({ file, group: groups?.get(file) ?? null }))),
    rowsOf: (split, most = Infinity) => {
      const rows = files.flatMap(({ file }, row) => (splits?.get(file) === split ? [row] : []));
      const length = Math.min(most, rows.length);
      return Array.from(
        { length },
        (_, index) => rows[Math.floor(((index + 0.5) * rows.length) / length)] as number,
      );
    },
    *batches(rows) {
      const size = 3 * width * height;
      for (let from = 0; from < rows.length; from += BATCH) {
        const part = rows.slice(from, from + BATCH);
        const data = new Float32Array(part.length * size);
        for (const [index, row] of part.entries()) {
          const image = { width, height, data: pixels[row] as Uint8Array };
          data.set(normalizePixels(image, spec), index * size);
        }
        yield {
          tensor: { data, dims: [part.length, 3, height, width] },
          digests: part.map((row) => digests[row] as string),
          truth: part.map((row) => truth[row] as number),
        };
      }
    },
  };
}
