import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNpy, type PixelImage, type PixelSpec } from '@isometry/core';
import { makeFolder, writeReport, type WriteReportOptions } from '../report/write-report.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import type { EvaluatedModel } from './evaluate-model.ts';

/** Mistakes that are shown: what fits onto a page and is looked at. */
const MISTAKES = 24;

/** Writes `evaluation.json`, and the embeddings as `embeddings.npy`, `[N, D]` in the order of its images. */
export async function writeEvaluationData(
  folder: string,
  { evaluation, embeddings }: EvaluatedModel,
): Promise<void> {
  const { serializeEvaluation } = await import('@isometry/report');
  const size = evaluation.model.embedding.size;
  await makeFolder(folder);
  await writeWholeFile(join(folder, 'evaluation.json'), serializeEvaluation(evaluation));
  await writeWholeFile(
    join(folder, 'embeddings.npy'),
    encodeNpy(embeddings, [embeddings.length / size, size]),
  );
}

/**
 * Writes the report of an evaluation: a page, its figures, the most confident mistakes as a picture, and the data.
 * @param images the folder that was evaluated
 * @returns the path of the page
 */
export async function writeEvaluation(
  folder: string,
  images: string,
  evaluated: EvaluatedModel,
  options: WriteReportOptions,
): Promise<string> {
  const { contactSheet, encodePicture, evaluationPage, worstMistakes } =
    await import('@isometry/report');
  const { evaluation } = evaluated;
  await writeEvaluationData(folder, evaluated);
  const seen = await Promise.all(
    worstMistakes(evaluation, MISTAKES).map(async (mistake) => ({
      ...mistake,
      image: await readPixels(join(images, mistake.file), evaluated.pixels, options),
    })),
  );
  const pictures = await Promise.all(
    seen.map(async ({ image, alt, caption }) => ({
      src: await encodePicture(image),
      alt,
      caption,
    })),
  );
  if (seen.length > 0) {
    await writeWholeFile(join(folder, 'mistakes.png'), await contactSheet(seen, 'light'));
  }
  return writeReport(folder, evaluationPage(evaluation, { pictures }), options);
}

async function readPixels(
  path: string,
  spec: PixelSpec,
  { signal }: WriteReportOptions,
): Promise<PixelImage> {
  const { createImageDecoder } = await import('@isometry/pixels');
  const { pixels } = await createImageDecoder()(await readFile(path), spec, { signal });
  return pixels;
}
