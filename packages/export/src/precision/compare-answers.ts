import {
  INPUT_NAME,
  IsometryError,
  throwIfAborted,
  type ModelSession,
  type Tensor,
} from '@isometry/core';
import { indexOfLargest } from '../index-of-largest.ts';
import type { ImageBatch } from './image-batch.ts';

/** The output that two models are compared by: what a caller sees. */
const OUTPUT = 'probabilities';

/** What a model answers to some images. */
export interface Answers {
  /** `[images, classes]`, row-major. */
  readonly probabilities: Float64Array;
  readonly classes: number;
}

/** How far a smaller model is from the float32 one on the same images. */
export interface VariantError {
  readonly images: number;
  /** On how many of them both put the same label first. */
  readonly agreed: number;
  /** Accuracy of the float32 model minus that of the smaller one, 0 to 1; null where labels are not known. */
  readonly drop: number | null;
  /** Mean Kullback-Leibler divergence of the smaller one's probabilities from the float32 ones, in nats. */
  readonly divergence: number;
}

/** Asks a model for its probabilities. @throws `OPTION_INVALID`, `INFERENCE_FAILED`, `ABORTED` */
export async function readAnswers(
  session: ModelSession,
  batches: readonly ImageBatch[],
  signal: AbortSignal | undefined,
): Promise<Answers> {
  if (!session.outputNames.includes(OUTPUT)) {
    throw new IsometryError('OPTION_INVALID', `The model has no output "${OUTPUT}".`, {
      hint: 'Leave the validation images out: without that output nothing can be compared.',
      details: { outputs: session.outputNames },
    });
  }
  const rows: Tensor[] = [];
  for (const { tensor } of batches) {
    throwIfAborted(signal);
    // One after the other, and in one order: so is the memory bounded, and the result the same.
    // oxlint-disable-next-line no-await-in-loop
    const outputs = await session.run({ [INPUT_NAME]: tensor }, [OUTPUT], { signal });
    rows.push(outputs[OUTPUT] as Tensor);
  }
  return {
    probabilities: Float64Array.from(rows.flatMap(({ data }) => [...data])),
    classes: rows[0]?.dims[1] ?? 0,
  };
}

/** Compares what two models answered to `batches`. */
export function compareAnswers(
  expected: Answers,
  found: Answers,
  batches: readonly ImageBatch[],
): VariantError {
  const { classes } = expected;
  const images = classes === 0 ? 0 : expected.probabilities.length / classes;
  const truth = batches.flatMap((batch) => batch.truth ?? []);
  const isLabelled = truth.length === images && images > 0;
  let [agreed, expectedRight, foundRight, divergence] = [0, 0, 0, 0];
  for (let image = 0; image < images; image += 1) {
    const row = (answers: Answers): Float64Array =>
      answers.probabilities.subarray(image * classes, (image + 1) * classes);
    const [p, q] = [row(expected), row(found)];
    const [first, other] = [indexOfLargest(p), indexOfLargest(q)];
    if (first === other) agreed += 1;
    if (first === truth[image]) expectedRight += 1;
    if (other === truth[image]) foundRight += 1;
    divergence += divergenceOf(p, q);
  }
  return {
    images,
    agreed,
    drop: isLabelled ? (expectedRight - foundRight) / images : null,
    divergence: divergence / Math.max(1, images),
  };
}

/** The least probability that float32 softmaxes give: below it one is taken for that, so that no term is infinite. */
const LEAST = 2 ** -126;

function divergenceOf(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < p.length; index += 1) {
    const [own, other] = [Math.max(LEAST, p[index] as number), Math.max(LEAST, q[index] as number)];
    sum += own * Math.log(own / other);
  }
  return sum;
}
