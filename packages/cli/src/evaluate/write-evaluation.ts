import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNpy, type PixelImage, type PixelSpec } from '@isometry/core';
import { makeFolder } from '../make-folder.ts';
import { writeReport, type WriteReportOptions } from '../report/write-report.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import type { EvaluatedModel } from './evaluate-model.ts';
import { removeReport } from './remove-report.ts';

/** Mistakes that are shown: what fits onto a page and is looked at. */
const MISTAKES = 24;

/** Longer side of a mistake's photo in pixels: two for each of those that a page shows it with. */
const PHOTO_SIDE = 256;

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
 * Writes the report of an evaluation, in place of an earlier one: a page, its figures, the most confident mistakes as a picture, and the data.
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
  await removeReport(folder);
  await writeEvaluationData(folder, evaluated);
  const seen = await Promise.all(
    worstMistakes(evaluation, MISTAKES).map(async (mistake) => ({
      ...mistake,
      image: await readPhoto(join(images, mistake.file), evaluated.pixels, options),
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

/** A photo in its own shape, not as the model sees it: bars around it say nothing to people. */
async function readPhoto(
  path: string,
  spec: PixelSpec,
  { signal }: WriteReportOptions,
): Promise<PixelImage> {
  const { createImageDecoder, sniffImage } = await import('@isometry/pixels');
  const bytes = await readFile(path);
  const { width, height, orientation } = sniffImage(bytes);
  const [across, down] = orientation >= 5 ? [height, width] : [width, height];
  const scale = PHOTO_SIDE / Math.max(across, down);
  const side = (own: number): number => Math.max(1, Math.round(own * scale));
  const shown: PixelSpec = { ...spec, fit: 'stretch', width: side(across), height: side(down) };
  const { pixels } = await createImageDecoder()(bytes, shown, { signal });
  return pixels;
}
