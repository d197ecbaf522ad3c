import { IsometryError, type DecodeImage, type PixelSpec, type Progress } from '@isometry/core';
import {
  scanImageFolder,
  writeSplitCsv,
  type ImageFolder,
  type LabelledFile,
  type ScanImageFolderOptions,
  type SplitName,
} from '@isometry/dataset';
import { readImages, type ImageSet, type SkippedImage } from './image-set.ts';
import {
  findDuplicates,
  findLabelConflicts,
  type Duplicates,
  type LabelConflict,
} from './near-duplicates.ts';
import { createPixelStore, type PixelStore } from './pixel-store.ts';
import { planSplit, type SplitPlan } from './split-plan.ts';

/** The images of one split, in the order of their paths. */
export interface DatasetPart {
  readonly files: readonly string[];
  /** Each image's index in the store. */
  readonly images: readonly number[];
  /** Position of each image's class in `labels`. */
  readonly classes: readonly number[];
}

export interface Dataset extends Readonly<Record<SplitName, DatasetPart>> {
  readonly labels: readonly string[];
  /** The decoded images of all parts. */
  readonly store: PixelStore;
  readonly skipped: readonly SkippedImage[];
  /** Files that were not looked at. */
  readonly ignored: number;
  /** See `TrainingRecord.dataDigest`. */
  readonly digest: string;
  readonly splitCsv: string;
  /** The same, or nearly the same, image on two sides of the split. */
  readonly duplicates: Duplicates;
  /** The same image with two labels. */
  readonly labelConflicts: readonly LabelConflict[];
  /** Closes the store. Safe to call twice. */
  close(): void;
}

export interface LoadDatasetOptions extends ScanImageFolderOptions, SplitPlan {
  readonly pixels: PixelSpec;
  readonly maxUnreadableShare: number;
  /** See `CreatePixelStoreOptions`. */
  readonly maxCacheBytes?: number | undefined;
  /** See `CreatePixelStoreOptions`. */
  readonly spillFolder?: string | undefined;
  readonly decode: DecodeImage;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Finds the images of a folder (see {@link scanImageFolder}), splits them (see {@link planSplit}) and
 * decodes them. What is wrong with labels, groups, splits and class sizes is said before the first image is
 * decoded.
 * @throws `DATASET_*`, `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `FILE_WRITE_FAILED` when decoded images find no
 *   room, `OPTION_INVALID`, `ABORTED`
 */
export async function loadDataset(root: string, options: LoadDatasetOptions): Promise<Dataset> {
  const folder = await scanImageFolder(root, options);
  const split = (files: readonly LabelledFile[]) => planSplit({ ...folder, files }, options);
  // Before decoding as well as after it: a class that is too small is known from the file names.
  split(folder.files);
  const { width, height } = options.pixels;
  const store = createPixelStore({ ...options, width, height, capacity: folder.files.length });
  try {
    const set = await readImages(folder, store, options);
    return assemble(folder, set, split(set.images), store);
  } catch (error) {
    store.close();
    throw error;
  }
}

function assemble(
  folder: ImageFolder,
  set: ImageSet,
  split: ReadonlyMap<string, SplitName>,
  store: PixelStore,
): Dataset {
  const { labels, groups, ignored } = folder;
  const images = set.images.map((image, index) => {
    const name = split.get(image.file);
    const fingerprint = set.fingerprints[index];
    if (name === undefined || fingerprint === undefined) {
      throw new IsometryError('DATASET_METADATA_INVALID', `${image.file} is in no split.`);
    }
    return { ...image, split: name, fingerprint, index };
  });
  const part = (name: SplitName): DatasetPart => {
    const own = images.filter((image) => image.split === name);
    return {
      files: own.map(({ file }) => file),
      images: own.map(({ index }) => index),
      classes: own.map(({ label }) => labels.indexOf(label)),
    };
  };
  return {
    labels,
    store,
    skipped: set.skipped,
    ignored,
    digest: set.digest,
    splitCsv: writeSplitCsv(set.images, split, groups),
    duplicates: findDuplicates(images),
    labelConflicts: findLabelConflicts(images),
    train: part('train'),
    validation: part('validation'),
    test: part('test'),
    close: () => store.close(),
  };
}
