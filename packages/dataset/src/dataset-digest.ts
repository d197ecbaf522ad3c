import { createHash } from 'node:crypto';

/** An image by its label and its bytes. */
export interface DigestedFile {
  readonly label: string;
  /** Of the file, lower-case hex. */
  readonly sha256: string;
}

/**
 * SHA-256 over the sorted `label TAB sha256-of-file LF` lines, lower-case hex: the same images with the same labels have
 * the same digest, wherever they lie and whatever they are called. A model's manifest has that of its training images.
 */
export function datasetDigest(files: readonly DigestedFile[]): string {
  const lines = files.map(({ label, sha256 }) => `${label}\t${sha256}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
