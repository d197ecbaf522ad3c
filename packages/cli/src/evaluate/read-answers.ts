import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isIsometryError,
  throwIfAborted,
  type Answer,
  type Classifier,
  type Progress,
} from '@isometry/core';
import type { LabelledFile } from '@isometry/dataset';
import type { ImageSource } from '@isometry/runtime-node';

/** An image that was left out, and why. */
export interface SkippedImage {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

/** What a model answers to a list of images. */
export interface Answers {
  /** The images that could be read, in the order of the list. */
  readonly files: readonly LabelledFile[];
  /** `[N, C]`, row-major. */
  readonly probabilities: Float32Array;
  /** `[N, D]`, row-major. */
  readonly embeddings: Float32Array;
  /** SHA-256 of every file, lower-case hex. */
  readonly digests: readonly string[];
  readonly skipped: readonly SkippedImage[];
  /** How many images had each kind of warning of the pixel contract, by code. */
  readonly warnings: ReadonlyMap<string, number>;
}

export interface ReadAnswersOptions {
  /** Of progress. */
  readonly stage: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Images in one ONNX run: an answer does not depend on its neighbours. */
const BATCH = 16;

/** Runs a model over images; one that cannot be read is left out and named. */
export async function readAnswers(
  classifier: Classifier<ImageSource>,
  root: string,
  files: readonly LabelledFile[],
  { stage, signal, onProgress }: ReadAnswersOptions,
): Promise<Answers> {
  const { labels, embedding } = classifier.manifest;
  const kept: LabelledFile[] = [];
  const digests: string[] = [];
  const skipped: SkippedImage[] = [];
  const warnings = new Map<string, number>();
  const probabilities = new Float32Array(files.length * labels.length);
  const embeddings = new Float32Array(files.length * embedding.size);
  for (let from = 0; from < files.length; from += BATCH) {
    throwIfAborted(signal);
    const chunk = files.slice(from, from + BATCH);
    // One chunk after the other: all bytes of a folder do not fit into memory.
    // oxlint-disable-next-line no-await-in-loop
    const read = await Promise.all(chunk.map((file) => readImage(root, file)));
    const { answered, failed } = await classifyReadable(classifier, read, signal); // oxlint-disable-line no-await-in-loop
    skipped.push(...failed);
    for (const { image, answer } of answered) {
      const row = kept.length;
      for (const { index, probability } of answer.predictions) {
        probabilities[row * labels.length + index] = probability;
      }
      embeddings.set(answer.embedding, row * embedding.size);
      for (const { code } of answer.warnings) warnings.set(code, (warnings.get(code) ?? 0) + 1);
      kept.push(image.file);
      digests.push(image.sha256);
    }
    onProgress?.({ stage, done: from + chunk.length, total: files.length });
  }
  return {
    files: kept,
    probabilities: probabilities.subarray(0, kept.length * labels.length),
    embeddings: embeddings.subarray(0, kept.length * embedding.size),
    digests,
    skipped,
    warnings,
  };
}

interface ReadImage {
  readonly file: LabelledFile;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

async function readImage(root: string, file: LabelledFile): Promise<ReadImage | SkippedImage> {
  try {
    const bytes = await readFile(join(root, file.file));
    return { file, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (cause) {
    // Node's own sentence names the path, and a report is passed on.
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    const message = `The file could not be read${reason}.`;
    return { file: file.file, code: 'FILE_READ_FAILED', message };
  }
}

async function classifyReadable(
  classifier: Classifier<ImageSource>,
  read: readonly (ReadImage | SkippedImage)[],
  signal: AbortSignal | undefined,
): Promise<{
  readonly answered: readonly { readonly image: ReadImage; readonly answer: Answer }[];
  readonly failed: readonly SkippedImage[];
}> {
  const failed = read.filter((one) => 'code' in one);
  let images = read.filter((one) => 'bytes' in one);
  while (images.length > 0) {
    try {
      const bytes = images.map((image) => image.bytes);
      // Again without the image that failed.
      // oxlint-disable-next-line no-await-in-loop
      const answers = await classifier.classifyBatch(bytes, { signal });
      const answered = images.map((image, index) => ({ image, answer: answers[index] as Answer }));
      return { answered, failed };
    } catch (error) {
      const index = isIsometryError(error) ? error.details['index'] : undefined;
      const image = typeof index === 'number' ? images[index] : undefined;
      if (!isIsometryError(error) || image === undefined) throw error;
      if (!error.code.startsWith('IMAGE_')) throw error;
      failed.push({ file: image.file.file, code: error.code, message: error.message });
      images = images.filter((one) => one !== image);
    }
  }
  return { answered: [], failed };
}
