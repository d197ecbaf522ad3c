import { compare } from './fetch-weights.ts';
import { hashesOf, type CachedWeights } from './cached-weights.ts';
import type { ImagenetFile } from './imagenet-files.ts';

/** What checking a file of the cache showed. */
export interface WeightsVerdict {
  readonly path: string;
  readonly sha256: string;
  /** What it was compared with; nothing for a file without record or published hash. */
  readonly checkedBy: 'published-md5' | 'first-download' | 'nothing';
  /** What is wrong with it. */
  readonly fault?: string;
}

/** Reads a cached file again and compares it with all that is known of it. */
export async function verifyWeights(
  file: ImagenetFile,
  { path, record }: CachedWeights,
  signal?: AbortSignal,
): Promise<WeightsVerdict> {
  const { sha256, md5 } = await hashesOf(path, signal);
  const fault =
    compare('MD5', md5, file.md5, 'Keras publishes') ??
    compare('SHA-256', sha256, record?.sha256, 'the first download had');
  const checkedBy =
    file.md5 === undefined ? (record?.checkedBy ?? 'nothing') : ('published-md5' as const);
  return { path, sha256, checkedBy, ...(fault === undefined ? {} : { fault }) };
}
