import type { DecodeImage, PixelImage, PixelSpec, Progress } from '@isometry/core';
import { scanImageFolder } from './image-folder.ts';
import { readImages, type SkippedImage } from './image-set.ts';
import { readGroups } from './metadata-groups.ts';
import { splitImages, type SplitName, type SplitShares } from './split.ts';
import { writeSplitCsv } from './split-csv.ts';

/** The images of one split, in the order of their paths. */
export interface DatasetPart {
  readonly files: readonly string[];
  readonly images: readonly PixelImage[];
  /** Position of each image's class in `labels`. */
  readonly classes: readonly number[];
}

export interface Dataset extends Readonly<Record<SplitName, DatasetPart>> {
  readonly labels: readonly string[];
  readonly skipped: readonly SkippedImage[];
  /** Files that were not looked at. */
  readonly ignored: number;
  /** See `TrainingRecord.dataDigest`. */
  readonly digest: string;
  readonly splitCsv: string;
}

export interface LoadDatasetOptions {
  /** Column of metadata.csv. */
  readonly group?: string | undefined;
  readonly pixels: PixelSpec;
  readonly shares: SplitShares;
  readonly seed: number;
  readonly maxUnreadableShare: number;
  readonly decode: DecodeImage;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Reads a folder of images with a folder per class, and splits it.
 * @throws `DATASET_*`, `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `ABORTED`
 */
export async function loadDataset(root: string, options: LoadDatasetOptions): Promise<Dataset> {
  const folder = await scanImageFolder(root);
  const { labels, ignored } = folder;
  const groups =
    options.group === undefined
      ? undefined
      : await readGroups(
          root,
          options.group,
          folder.files.map(({ file }) => file),
        );
  const splitOptions = { labels, groups, seed: options.seed, shares: options.shares };
  // Before decoding as well as after it: a class that is too small is known from the file names.
  splitImages(folder.files, splitOptions);
  const { images, skipped, digest } = await readImages(folder, options);
  const split = splitImages(images, splitOptions);
  const part = (name: SplitName): DatasetPart => {
    const own = images.filter(({ file }) => split.get(file) === name);
    return {
      files: own.map(({ file }) => file),
      images: own.map(({ pixels }) => pixels),
      classes: own.map(({ label }) => labels.indexOf(label)),
    };
  };
  return {
    labels,
    skipped,
    ignored,
    digest,
    splitCsv: writeSplitCsv(images, split, groups),
    train: part('train'),
    validation: part('validation'),
    test: part('test'),
  };
}
