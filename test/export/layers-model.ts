import { compareArrays, worstDifference, type Difference, type ModelSession } from '@isometry/core';
import {
  buildClassifier,
  convertLayersModel,
  type ClassifierRoles,
  type TfjsModelFile,
} from '@isometry/export';
import { encodeModel } from '@isometry/onnx';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { openCpuSession, valuesOf } from './onnx-session.ts';
import { tf } from './tfjs.ts';

/** A tfjs model as the exporter reads it, through the format in which tfjs saves it. */
export async function toModelFile(model: LayersModel): Promise<TfjsModelFile> {
  let saved: Awaited<Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0]> | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' },
      });
    }),
  );
  const bytes = tf.io.CompositeArrayBuffer.join(saved?.weightData);
  let offset = 0;
  const weights = (saved?.weightSpecs ?? []).map(({ name, shape }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = new Float32Array(bytes, offset, count);
    offset += count * 4;
    return [name, { shape, dtype: 'float32', data }] as const;
  });
  return { format: 'layers-model', topology: saved?.modelTopology, weights: new Map(weights) };
}

/** The model converted, written and opened in ONNX Runtime. */
export async function openConverted(
  model: LayersModel,
  roles: ClassifierRoles = {},
): Promise<ModelSession> {
  const graph = convertLayersModel(await toModelFile(model));
  return openCpuSession(encodeModel(buildClassifier(graph, roles).model));
}

/** Seeded values in -1 to 1, another seed another sequence. */
export function randomValues(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    // Mulberry32, T. Ettinger, public domain.
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * 2 - 1;
  });
}

/**
 * Gives every weight a seeded value of a trained network's size: kernels as He et al. 2015 scale them, moving
 * variances 0.25 to 2, everything else around its usual value.
 */
export function randomiseWeights(model: LayersModel, seed: number): void {
  const weights = model.weights.map((weight, index) => {
    const { shape } = weight;
    const count = shape.reduce<number>((a, b) => a * (b ?? 1), 1);
    const values = randomValues(count, seed * 1000 + index);
    return tf.tensor(values.map(weightScale(weight.originalName, shape)), shape as number[]);
  });
  model.setWeights(weights);
  tf.dispose(weights);
}

function weightScale(name: string, shape: readonly (number | null)[]): (value: number) => number {
  // Also the `variance` of Normalization.
  if (name.endsWith('variance')) return (value) => 1.125 + value * 0.875;
  if (name.endsWith('gamma')) return (value) => 1 + value * 0.5;
  if (/(?:beta|bias|moving_mean)$/u.test(name)) return (value) => value * 0.5;
  const isDepthwise = name.endsWith('depthwise_kernel');
  const fanIn = shape.slice(0, isDepthwise ? 2 : -1).reduce<number>((a, b) => a * (b ?? 1), 1);
  // Uniform in ±√(6 / fan-in) has the variance 2 / fan-in.
  return (value) => value * Math.sqrt(6 / fanIn);
}

/** How far ONNX Runtime is from tfjs for each output, over `count` random images in batches. */
export async function compareWithTfjs(
  model: LayersModel,
  session: ModelSession,
  options: { readonly count: number; readonly batch: number; readonly seed: number },
): Promise<{ readonly embedding: Difference; readonly logits: Difference }> {
  const [image] = model.inputs;
  const [, height = 0, width = 0] = (image?.shape ?? []).map(Number);
  const embeddings: Difference[] = [];
  const logits: Difference[] = [];
  for (let first = 0; first < options.count; first += options.batch) {
    const batch = Math.min(options.batch, options.count - first);
    const nhwc = randomValues(batch * height * width * 3, options.seed + first);
    const images = tf.tensor4d(nhwc, [batch, height, width, 3]);
    const expected = model.predict(images) as [Tensor, Tensor];
    // One batch at a time: memory stays small.
    // oxlint-disable-next-line no-await-in-loop
    const outputs = await session.run(
      { pixel_values: { data: toNchw(nhwc, batch), dims: [batch, 3, height, width] } },
      ['embedding', 'logits'],
    );
    embeddings.push(
      compareArrays(expected[0].dataSync<'float32'>(), valuesOf(outputs, 'embedding')),
    );
    logits.push(compareArrays(expected[1].dataSync<'float32'>(), valuesOf(outputs, 'logits')));
    tf.dispose([images, ...expected]);
  }
  return { embedding: worstDifference(embeddings), logits: worstDifference(logits) };
}

/** Interleaved to planar, image by image. */
export function toNchw(nhwc: Float32Array, batch: number, channels = 3): Float32Array {
  const size = nhwc.length / batch;
  const area = size / channels;
  return nhwc.map((_, index) => {
    const rest = index % size;
    const from = index - rest + (rest % area) * channels + Math.floor(rest / area);
    return nhwc[from] ?? Number.NaN;
  });
}
