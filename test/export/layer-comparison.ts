import { compareArrays, type Difference } from '@isometry/core';
import { buildClassifier, convertLayersModel } from '@isometry/export';
import { encodeModel, type OnnxNode } from '@isometry/onnx';
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { randomValues, toModelFile } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { openCpuSession } from './onnx-session.ts';
import { tf } from './tfjs.ts';

export interface LayerModelOptions {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A feature map made of an image and what a case makes of it, beside a classifier that has no part in it. */
export function buildLayerModel(
  { height, width, channels }: LayerModelOptions,
  build: (features: SymbolicTensor) => SymbolicTensor,
): LayersModel {
  const image = tf.input({ shape: [height, width, 3] });
  const features = apply(tf.layers.conv2d({ filters: channels, kernelSize: 1 }), image);
  const pooled = tf.layers.globalAveragePooling2d({ name: 'embedding' });
  const embedding = apply(pooled, image);
  const logits = apply(tf.layers.dense({ units: 2, name: 'logits' }), embedding);
  return tf.model({ inputs: image, outputs: [embedding, logits, build(features)] });
}

export interface LayerComparison {
  readonly difference: Difference;
  /** The shape in which ONNX Runtime gave the output. */
  readonly dims: readonly number[];
  /** The shape in which tfjs gave it, channels first. */
  readonly expectedDims: readonly number[];
  readonly nodes: readonly OnnxNode[];
}

/** What a model's last output is in ONNX Runtime and in tfjs, for random images. */
export async function compareLastOutput(
  model: LayersModel,
  options: { readonly batch: number; readonly seed: number; readonly fold: boolean },
): Promise<LayerComparison> {
  const { batch, fold } = options;
  const graph = convertLayersModel(await toModelFile(model));
  const onnx = buildClassifier(graph, { fold }).model;
  const name = onnx.graph.outputs.at(-1)?.name ?? '';
  const session = await openCpuSession(encodeModel(onnx));
  const [, height = 0, width = 0] = (model.inputs[0]?.shape ?? []).map(Number);
  const nchw = randomValues(batch * 3 * height * width, options.seed);
  const results = await session.run({ pixel_values: { data: nchw, dims: [batch, 3, height, width] } }, [name]); // prettier-ignore
  await session.close();
  const result = results[name];
  if (result === undefined) throw new Error(`no output "${name}"`);
  const expected = tf.tidy(() => {
    const images = tf.tensor4d(nchw, [batch, 3, height, width]).transpose<Tensor>([0, 2, 3, 1]);
    const [, , last] = model.predict(images) as [Tensor, Tensor, Tensor];
    return last.rank === 4 ? last.transpose([0, 3, 1, 2]) : last.clone();
  });
  const difference = compareArrays(expected.dataSync<'float32'>(), result.data as Float32Array);
  expected.dispose();
  return { difference, dims: result.dims, expectedDims: expected.shape, nodes: onnx.graph.nodes };
}
