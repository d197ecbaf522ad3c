import { IsometryError, throwIfAborted, type Classifier } from '@isometry/core';
import type { Context } from 'hono';
import { toAnswerJson, type FileResultJson } from './answer-json.ts';
import type { ClassifierSlot } from './classifier-slot.ts';
import type { EdgeLimits } from './edge-limits.ts';
import { loadFor } from './load-for.ts';
import { toProblem } from './problem.ts';
import { readImages, type UploadedImage } from './uploaded-images.ts';

/**
 * `POST /v1/classify?top_k=N`: one image gives one answer; several files of a form give `results`, in
 * which a broken image has its own error and the others their answers.
 */
export function classifyRoute(
  slot: ClassifierSlot,
  limits: EdgeLimits,
  report: (error: unknown) => void,
): (context: Context) => Promise<Response> {
  return async (context) => {
    const { signal } = context.req.raw;
    // First: where loading fails the body stays unread.
    const classifier = await loadFor(context, slot);
    const topK = readTopK(context.req.query('top_k'), classifier.manifest.labels.length);
    const images = await readImages(context.req.raw, limits);
    const [only] = images;
    if (images.length === 1 && only !== undefined) {
      return context.json(toAnswerJson(await classifier.classify(only.bytes, { topK, signal })));
    }
    const results: FileResultJson[] = [];
    for (const image of images) {
      // One after the other: a session overlaps nothing, and memory stays bounded.
      // oxlint-disable-next-line no-await-in-loop
      results.push(await classifyFile(classifier, image, { topK, signal }, report));
      throwIfAborted(signal);
    }
    return context.json({ results });
  };
}

async function classifyFile(
  classifier: Classifier,
  image: UploadedImage,
  options: { readonly topK: number; readonly signal: AbortSignal },
  report: (error: unknown) => void,
): Promise<FileResultJson> {
  const file = image.file ?? '';
  try {
    return { file, answer: toAnswerJson(await classifier.classify(image.bytes, options)) };
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status >= 500) report(error);
    return { file, error: problem };
  }
}

function readTopK(text: string | undefined, labels: number): number {
  if (text === undefined) return labels;
  const topK = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (topK < 1 || topK > labels) {
    throw new IsometryError(
      'REQUEST_INVALID',
      `top_k must be a whole number from 1 to ${labels}.`,
      { hint: 'Leave it out for all labels.', details: { parameter: 'top_k' } },
    );
  }
  return topK;
}
