import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  pairedBootstrap,
  bootstrapInterval,
  mcnemar,
  sha256Hex,
  type Interval,
} from '@isometry/core';
import { createSession } from '@isometry/runtime-node';
import type { LabelledImages } from './labelled-images.ts';

/** The label that a model puts first, for every image; -1 for one that it was not asked for. */
export type Answers = readonly number[];

/** Asks a model on ONNX Runtime's CPU provider. What a file has answered is kept in `out`. */
export async function readAnswers(
  path: string,
  images: LabelledImages,
  rows: readonly number[],
  out: string,
): Promise<Answers> {
  const bytes = await readFile(path);
  const kept = join(out, `answers-${sha256Hex(bytes).slice(0, 12)}-${rows.length}.json`);
  if (existsSync(kept)) return JSON.parse(await readFile(kept, 'utf8')) as Answers;
  const session = await createSession(bytes, { providers: ['cpu'] });
  const answers = Array.from({ length: images.count }, () => -1);
  let at = 0;
  for (const { tensor } of images.batches(rows)) {
    const { logits } = await session.run({ pixel_values: tensor }, ['logits']);
    const [count = 0, classes = 0] = logits?.dims ?? [];
    for (let row = 0; row < count; row += 1) {
      const values =
        logits?.data.subarray(row * classes, (row + 1) * classes) ?? new Float32Array();
      answers[rows[at] as number] = values.indexOf(Math.max(...values));
      at += 1;
    }
  }
  await session.close();
  await writeFile(kept, JSON.stringify(answers));
  return answers;
}

/** How one model's answers are beside another's. */
export interface ComparedAnswers {
  /** Share of all images on which both put the same label first. */
  readonly agreement: number;
  readonly accuracy: Interval;
  /** The other's accuracy minus this one's: above 0 this one is worse. */
  readonly drop: Interval;
  /** McNemar's, over the test images. */
  readonly pValue: number;
}

/** Compares over all images (agreement) and over `test` (accuracy, by whole clusters). */
export function compareAnswers(
  own: Answers,
  other: Answers,
  { truth, clusters }: LabelledImages,
  test: readonly number[],
): ComparedAnswers {
  const right = (answers: Answers): readonly boolean[] =>
    test.map((row) => answers[row] === truth[row]);
  const share = (answers: readonly boolean[]) => (rows: Int32Array) =>
    rows.reduce((sum, row) => sum + Number(answers[row]), 0) / rows.length;
  const [ownRight, otherRight] = [right(own), right(other)];
  const options = { clusters: Int32Array.from(test, (row) => clusters[row] as number) };
  const agreed = own.filter((label, row) => label === other[row]).length;
  return {
    agreement: agreed / own.length,
    accuracy: bootstrapInterval(test.length, share(ownRight), options),
    drop: pairedBootstrap(test.length, share(otherRight), share(ownRight), options).difference,
    pValue: mcnemar(ownRight, otherRight).pValue,
  };
}
