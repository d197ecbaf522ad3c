import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { isIsometryError, type Answer } from '@isometry/core';
import { chromiumPath, NO_CHROMIUM } from '../../test/chromium.ts';
import { RUNTIMES } from '../../test/parity/runners/open-runtime.ts';
import type { ModelUnderTest } from '../../test/parity/runtime-under-test.ts';
import type { HeldOutPicture } from './held-out.ts';
import type { RuntimeAnswers } from './parity-table.ts';

export interface AnswerEverywhereOptions {
  readonly model: Uint8Array;
  readonly pictures: readonly HeldOutPicture[];
  /** How many of `pictures` every runtime classifies; the first runtime classifies all. */
  readonly parityPictures: number;
  readonly say: (line: string) => void;
}

export interface AnswersEverywhere {
  /** Every picture, by the first runtime. */
  readonly all: readonly Answer[];
  /** The pictures for parity, by every runtime that could be opened. */
  readonly byRuntime: readonly RuntimeAnswers[];
}

/** Classifies the pictures in every runtime, one after the other: two cores give fair timings to one only. */
export async function answerEverywhere(
  options: AnswerEverywhereOptions,
): Promise<AnswersEverywhere> {
  const spread = everyNth(options.pictures, options.parityPictures);
  let all: readonly Answer[] = [];
  const byRuntime: RuntimeAnswers[] = [];
  for (const [name, open] of Object.entries(RUNTIMES)) {
    if (name.startsWith('chromium') && chromiumPath() === undefined) {
      options.say(`  ${name.padEnd(16)} left out. ${NO_CHROMIUM}`);
      continue;
    }
    const begin = performance.now();
    const runtime = await open();
    try {
      const model = await runtime.loadModel(options.model);
      if (byRuntime.length === 0) all = await classifyAll(model, options.pictures);
      byRuntime.push({ name, ...(await traceAll(model, spread)) });
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      options.say(
        `  ${name.padEnd(16)} ${spread.length} pictures on provider ${model.provider}, ${seconds} s with start-up`,
      );
      await model.close();
    } catch (error) {
      if (!isIsometryError(error) || error.code !== 'PROVIDER_UNAVAILABLE') throw error;
      options.say(`  ${name.padEnd(16)} left out. ${error.message} ${error.hint ?? ''}`);
    } finally {
      await runtime.dispose();
    }
  }
  return { all, byRuntime };
}

async function classifyAll(
  model: ModelUnderTest,
  pictures: readonly HeldOutPicture[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { path } of pictures) answers.push(await model.classify(await readFile(path)));
  return answers;
}

async function traceAll(
  model: ModelUnderTest,
  pictures: readonly HeldOutPicture[],
): Promise<Omit<RuntimeAnswers, 'name'>> {
  const answers: Answer[] = [];
  const pixels: string[] = [];
  for (const { path } of pictures) {
    const trace = await model.trace(await readFile(path));
    answers.push(trace.decision);
    pixels.push(trace.pixels.sha256);
  }
  return { answers, pixels };
}

/** `count` items spread evenly, so that every class is among them (the split lists class by class). */
function everyNth<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, index) => items[Math.floor((index * items.length) / count)] as Item,
  );
}
