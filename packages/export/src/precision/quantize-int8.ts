import { sha256Hex, throwIfAborted, type ModelSession, type Progress } from '@isometry/core';
import { encodeModel, type OnnxModel } from '@isometry/onnx';
import type { CalibrationMethod } from './activation-range.ts';
import { assertQuantisable } from './assert-quantisable.ts';
import { collectActivations, type CollectedActivations } from './collect-activations.ts';
import { detectSaturation } from './detect-saturation.ts';
import { equaliseChannels, findDepthwisePairs } from './equalise-channels.ts';
import { floatConstants } from './float-constants.ts';
import type { ImageBatch } from './image-batch.ts';
import { compareAnswers, readAnswers, type Answers, type VariantError } from './compare-answers.ts';
import { planQuantisation } from './quantisation-plan.ts';
import {
  quantiseByCalibration,
  type QuantisationMemo,
  type QuantisationRules,
} from './quantise-graph.ts';
import { searchFloatNodes, type Measured } from './search-float-nodes.ts';

/** Options of {@link quantizeInt8}. */
export interface QuantizeInt8Options {
  /** Opens a model on ONNX Runtime's CPU provider. */
  readonly createSession: (model: Uint8Array) => Promise<ModelSession>;
  /** Gives the images that ranges are measured on, a hundred or more; called once or twice. */
  readonly calibration: () => Iterable<ImageBatch> | AsyncIterable<ImageBatch>;
  /**
   * Images that choose the method and the nodes that stay in float32: others than those of the calibration.
   * @defaultValue none: then the method is `mse` and no node is searched for
   */
  readonly validation?: readonly ImageBatch[] | undefined;
  /** @defaultValue the one of {@link METHODS} with the least divergence on the validation images */
  readonly method?: CalibrationMethod | undefined;
  /** In per cent, of the method `percentile`. @defaultValue 99.99 */
  readonly percentile?: number | undefined;
  /**
   * Whether weights have 7 bits, for x86 processors without VNNI: there 8 bits saturate.
   * @defaultValue what this machine needs, see {@link detectSaturation}
   */
  readonly reduceRange?: boolean | undefined;
  /** Names of nodes that stay in float32 whatever the search finds. @defaultValue none */
  readonly keepFloat?: readonly string[] | undefined;
  /** Largest drop of accuracy on labelled validation images, 0 to 1. @defaultValue {@link MAX_DROP} */
  readonly maxDrop?: number | undefined;
  /** Largest mean divergence on the validation images, in nats. @defaultValue {@link MAX_DIVERGENCE} */
  readonly maxDivergence?: number | undefined;
  /** Largest file over the float32 one that nodes in float32 may lead to. @defaultValue {@link MAX_SIZE_SHARE} */
  readonly maxSizeShare?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What {@link quantizeInt8} did. */
export interface QuantizationReport {
  readonly calibration: {
    /** E.g. `percentile 99.99`. */
    readonly method: string;
    readonly images: number;
    /** SHA-256 over the digests of the images in order, one a line. */
    readonly digest: string;
  };
  /** Nodes with weights that stayed in float32, in the order of the graph. */
  readonly keptFloat: readonly string[];
  /** Nodes with weights that became int8. */
  readonly quantisedNodes: number;
  /** Whether weights have 7 bits. */
  readonly reduceRange: boolean;
  readonly sizeBytes: number;
  /** Of the float32 model. */
  readonly floatSizeBytes: number;
  /** On the validation images: with every node in int8, and as it was returned. Null without such images. */
  readonly validation: { readonly all: VariantError; readonly kept: VariantError } | null;
}

/** One point of accuracy. */
export const MAX_DROP = 0.01;

/** Measured on ham3: below it 98 to 99 of 100 answers stay the same (bench/quantisation). */
export const MAX_DIVERGENCE = 0.002;

/** All-int8 networks are at 0.253 to 0.263: the rest is for a few small layers. */
export const MAX_SIZE_SHARE = 0.27;

/** The ways of choosing ranges that are tried where validation images can tell, the first where they cannot. */
export const METHODS: readonly {
  readonly method: CalibrationMethod;
  readonly percentile: number;
}[] = [
  { method: 'mse', percentile: 100 },
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.99 },
  { method: 'minmax', percentile: 100 },
];

/** Images that put the nodes into an order: divergence is smooth, and needs no more. */
const GLANCE_IMAGES = 64;

/** Matrices below this many weights stay in float32: 12 KB buy the last layer's full precision. */
const SMALL_MATRIX = 4096;

/**
 * Makes an int8 model of a float32 one: a quarter of the size. Weights become int8 with a scale a channel, activations
 * uint8 with ranges measured on the user's images, in the QDQ form that ONNX Runtime fuses to integer operators.
 * Inputs, outputs, softmax, norms and divisions stay float32, and the names as they are. So do batch norms that stand
 * by themselves, in front of a ReLU as in ResNet v2 and DenseNet; those behind a convolution are better folded before.
 * The same images give the same bits.
 * @throws `OPTION_INVALID` when the model is quantised already, has weights that are not finite or nothing to quantise,
 * or when there are no images; `INFERENCE_FAILED`, `ABORTED`
 */
export async function quantizeInt8(
  model: OnnxModel,
  options: QuantizeInt8Options,
): Promise<{ readonly model: OnnxModel; readonly report: QuantizationReport }> {
  throwIfAborted(options.signal);
  assertQuantisable(model);
  const always = new Set([...(options.keepFloat ?? []), ...smallMatrices(model)]);
  const calibrated = await calibrate(model, always, options);
  const reduceRange = options.reduceRange ?? (await detectSaturation(options.createSession));
  const memo = { ranges: new Map(), weights: new Map() } satisfies QuantisationMemo;
  const makeModel = (choice: (typeof METHODS)[number], keepFloat: readonly string[]): OnnxModel => {
    const rules: QuantisationRules = { ...choice, reduceRange };
    const kept = new Set([...always, ...keepFloat]);
    return quantiseByCalibration(calibrated.model, calibrated.collected, rules, kept, memo);
  };
  const chosen = await chooseByValidation(model, makeModel, options);
  const quantised = makeModel(chosen.choice, chosen.keepFloat);
  const { method, percentile } = chosen.choice;
  const { digests } = calibrated.collected;
  const kept = new Set([...always, ...chosen.keepFloat]);
  const weighted = weightedNodes(model);
  return {
    model: quantised,
    report: {
      calibration: {
        method: method === 'percentile' ? `percentile ${percentile}` : method,
        images: digests.length,
        digest: sha256Hex(new TextEncoder().encode(digests.join('\n'))),
      },
      keptFloat: weighted.filter((name) => kept.has(name)),
      quantisedNodes: weighted.filter((name) => !kept.has(name)).length,
      reduceRange,
      sizeBytes: encodeModel(quantised).length,
      floatSizeBytes: encodeModel(model).length,
      validation: chosen.validation,
    },
  };
}

/** Counts what the activations are; again after channels have been made equally large. */
async function calibrate(
  model: OnnxModel,
  keepFloat: ReadonlySet<string>,
  options: QuantizeInt8Options,
): Promise<{ readonly model: OnnxModel; readonly collected: CollectedActivations }> {
  const { values } = planQuantisation(model.graph, floatConstants(model.graph), keepFloat);
  const collect = (from: OnnxModel, names: Iterable<string>): Promise<CollectedActivations> =>
    collectActivations(from, [...names], options.calibration(), options);
  const pairs = findDepthwisePairs(model).filter(({ value }) => values.has(value));
  if (pairs.length === 0) return { model, collected: await collect(model, values.keys()) };
  const maxima = await collect(
    model,
    pairs.map(({ value }) => value),
  );
  const equalised = equaliseChannels(model, pairs, maxima);
  return { model: equalised, collected: await collect(equalised, values.keys()) };
}

interface Choice {
  readonly choice: (typeof METHODS)[number];
  readonly keepFloat: readonly string[];
  readonly validation: QuantizationReport['validation'];
}

async function chooseByValidation(
  model: OnnxModel,
  makeModel: (choice: Choice['choice'], keepFloat: readonly string[]) => OnnxModel,
  options: QuantizeInt8Options,
): Promise<Choice> {
  const { validation = [], signal, onProgress } = options;
  const given = options.method && {
    method: options.method,
    percentile: options.percentile ?? 99.99,
  };
  const choices = given === undefined ? METHODS : [given];
  if (validation.length === 0) {
    return { choice: choices[0] as Choice['choice'], keepFloat: [], validation: null };
  }
  const answersOf = async (bytes: Uint8Array, batches: readonly ImageBatch[]): Promise<Answers> => {
    const session = await options.createSession(bytes);
    try {
      return await readAnswers(session, batches, signal);
    } finally {
      await session.close();
    }
  };
  const floatBytes = encodeModel(model);
  const measureOn = async (
    batches: readonly ImageBatch[],
  ): Promise<(choice: Choice['choice'], keepFloat: readonly string[]) => Promise<Measured>> => {
    const expected = await answersOf(floatBytes, batches);
    return async (choice, keepFloat) => {
      const bytes = encodeModel(makeModel(choice, keepFloat));
      const error = compareAnswers(expected, await answersOf(bytes, batches), batches);
      return { sizeBytes: bytes.length, error };
    };
  };
  const measure = await measureOn(validation);
  onProgress?.({ stage: 'choose-ranges', done: 0, total: choices.length });
  throwIfAborted(signal);
  let best = {
    choice: choices[0] as Choice['choice'],
    ...(await measure(choices[0] as Choice['choice'], [])),
  };
  for (const [index, choice] of choices.slice(1).entries()) {
    onProgress?.({
      stage: 'choose-ranges',
      done: index + 1,
      total: choices.length,
      message: choice.method,
    });
    throwIfAborted(signal);
    const next = { choice, ...(await measure(choice, [])) }; // oxlint-disable-line no-await-in-loop
    if (next.error.divergence < best.error.divergence) best = next;
  }
  const { maxDrop = MAX_DROP, maxDivergence = MAX_DIVERGENCE } = options;
  const glance = await measureOn(sampleBatches(validation));
  const keepFloat = await searchFloatNodes({
    candidates: weightedNodes(model),
    measure: (names) => (names.length === 0 ? Promise.resolve(best) : measure(best.choice, names)),
    glance: (names) => glance(best.choice, names),
    maxSizeBytes: floatBytes.length * (options.maxSizeShare ?? MAX_SIZE_SHARE),
    isEnough: ({ drop, divergence }) => (drop ?? 0) <= maxDrop && divergence <= maxDivergence,
    signal,
    onProgress,
  });
  const kept = keepFloat.length === 0 ? best : await measure(best.choice, keepFloat);
  return { choice: best.choice, keepFloat, validation: { all: best.error, kept: kept.error } };
}

/** Some of the batches, from all over the list. */
function sampleBatches(batches: readonly ImageBatch[]): readonly ImageBatch[] {
  const images = batches.reduce((sum, { digests }) => sum + digests.length, 0);
  const step = Math.max(1, Math.floor(images / GLANCE_IMAGES));
  return batches.filter((_, index) => index % step === 0);
}

function weightedNodes({ graph }: OnnxModel): readonly string[] {
  const { weighted } = planQuantisation(graph, floatConstants(graph), new Set());
  return [...weighted.keys()].map(({ name }) => name);
}

function smallMatrices({ graph }: OnnxModel): readonly string[] {
  const { weighted } = planQuantisation(graph, floatConstants(graph), new Set());
  return [...weighted]
    .filter(
      ([{ opType }, { weights }]) => opType !== 'Conv' && weights.data.length < 4 * SMALL_MATRIX,
    )
    .map(([{ name }]) => name);
}
