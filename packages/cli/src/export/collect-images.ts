import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isIsometryError } from '@isometry/core';
import {
  listImageFiles,
  scanImageFolder,
  type ImageFolder,
  type SplitName,
} from '@isometry/dataset';
import type { ExportImage, ExportImages } from '@isometry/export';

export interface CollectImagesOptions {
  /** The folder of images. @defaultValue where the run's images were, if they still are there */
  readonly images?: string | undefined;
  /** Column of the metadata that gives the group. */
  readonly group?: string | undefined;
}

/** What was found for the proof, for calibration and for measuring. */
export interface CollectedImages {
  /** Undefined when there is no folder to look in. */
  readonly images: ExportImages | undefined;
  readonly warnings: readonly string[];
}

/**
 * Finds the images of a training run, by its own split.
 * @throws `DATASET_*`, `FILE_*` when `options.images` is given and does not hold them
 */
export async function collectRunImages(
  run: string,
  labels: readonly string[],
  options: CollectImagesOptions,
): Promise<CollectedImages> {
  const root = options.images ?? (await recordedImages(run));
  if (root === undefined) return { images: undefined, warnings: [] };
  try {
    const list = join(run, 'split.csv');
    const folder = await scanImageFolder(root, { list, labels, group: options.group });
    return { images: bySplit(folder), warnings: [] };
  } catch (error) {
    if (options.images !== undefined || !isIsometryError(error)) throw error;
    const warning = `The images of the run are not where they were (${error.message}): name their folder with --images.`;
    return { images: undefined, warnings: [warning] };
  }
}

/**
 * Finds images for a model that Isometry did not train: in class folders of its labels, dealt out in turn
 * to calibration, search and measuring; or anywhere, and then nothing can be measured but agreement.
 * @throws `DATASET_*`, `FILE_*`
 */
export async function collectOtherImages(
  root: string,
  labels: readonly string[],
  options: CollectImagesOptions,
): Promise<CollectedImages> {
  try {
    return {
      images: bySplit(await scanImageFolder(root, { labels, group: options.group })),
      warnings: [],
    };
  } catch (error) {
    if (!isIsometryError(error) || error.code !== 'DATASET_EMPTY') throw error;
    const { images } = await listImageFiles(root);
    if (images.length === 0) throw error;
    const all = images.map((file, index) => ({ split: dealt(index), image: toImage(root, file) }));
    return {
      images: { ...parted(all), testName: DEALT },
      warnings: ['The images have no labels: how much accuracy a variant costs is not measured.'],
    };
  }
}

/** Where config.json says that the images were, if there still is something. */
async function recordedImages(run: string): Promise<string | undefined> {
  try {
    const config: unknown = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
    const images =
      typeof config === 'object' && config !== null && 'images' in config ? config.images : null;
    return typeof images === 'string' ? images : undefined;
  } catch {
    // A run of an early release, or one that was made elsewhere: then they are named by --images.
    return undefined;
  }
}

function bySplit(folder: ImageFolder): ExportImages {
  const { files, splits, groups, labels, root } = folder;
  const position = new Map(labels.map((label, index) => [label, index]));
  const all = files.map(({ file, label }, index) => ({
    split: splits === undefined ? dealt(index) : splits.get(file),
    image: toImage(root, file, position.get(label), groups?.get(file)),
  }));
  return { ...parted(all), testName: splits === undefined ? DEALT : 'test' };
}

function parted(
  all: readonly { readonly split: SplitName | undefined; readonly image: ExportImage }[],
): Omit<ExportImages, 'testName'> {
  const of = (name: SplitName): readonly ExportImage[] =>
    all.flatMap(({ split, image }) => (split === name ? [image] : []));
  return { calibration: of('train'), validation: of('validation'), test: of('test') };
}

/** Without given splits, images are dealt out in turn: half of them to calibration. */
function dealt(index: number): SplitName {
  return (['train', 'validation', 'train', 'test'] as const)[index % 4] as SplitName;
}

/** How the manifest calls the images that were dealt out for measuring. */
const DEALT = 'every fourth image';

function toImage(root: string, file: string, label?: number, group?: string): ExportImage {
  return { id: file, label, group, read: () => readFile(join(root, file)) };
}
