/**
 * Finds the images of a folder and what is known of each: its label, its group and its split. It decodes
 * nothing. To train on them install `@isometry/train`; to measure a model on them, `@isometry/cli`.
 *
 * @example
 * import { scanImageFolder } from '@isometry/dataset';
 * const { labels, files } = await scanImageFolder('photos', { group: 'patient_id' });
 *
 * @packageDocumentation
 */
export { datasetDigest, type DigestedFile } from './dataset-digest.ts';
export {
  scanImageFolder,
  type ImageFolder,
  type LabelledFile,
  type ScanImageFolderOptions,
} from './image-folder.ts';
export { listImageFiles } from './image-files.ts';
export { writeSplitCsv } from './split-csv.ts';
export type { SplitName } from './split-name.ts';
export { readTable, type Table } from './table.ts';
