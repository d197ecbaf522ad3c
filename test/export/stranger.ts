import { compareArrays } from '@isometry/core';
import {
  buildClassifier,
  convertLayersModel,
  type ClassifierGraph,
  type ClassifierRoles,
} from '@isometry/export';
import { encodeModel } from '@isometry/onnx';
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { randomiseWeights, randomValues, toModelFile, toNchw } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { openCpuSession, valuesOf } from './onnx-session.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

/** Height and width differ, so that a swapped axis shows. */
export const [HEIGHT, WIDTH, BATCH] = [11, 9, 3];
export const SHAPE: readonly number[] = [HEIGHT, WIDTH, 3];

/** Measured over the tests of strangers' models: 6.0e-8 for probabilities, 5.8e-7 for values of size 1 to 5. */
export const MAX_DIFFERENCE = 3e-6;

export function convolution(
  filters: number,
  name?: string,
  kernelSize = 3,
): ReturnType<typeof layers.conv2d> {
  const named = name === undefined ? {} : { name };
  return layers.conv2d({ filters, kernelSize, padding: 'same', ...named });
}

/** Eight values of an image. */
export function features(x: SymbolicTensor): SymbolicTensor {
  const map = apply(layers.reLU(), apply(convolution(8), x));
  return apply(layers.globalAveragePooling2d({ name: 'pool' }), map);
}

export function graphOf(
  network: (x: SymbolicTensor) => SymbolicTensor | SymbolicTensor[],
): LayersModel {
  const image = tf.input({ shape: [...SHAPE] });
  const model = tf.model({ inputs: image, outputs: network(image) });
  randomiseWeights(model, 4);
  return model;
}

export async function build(
  model: LayersModel,
  roles: ClassifierRoles = {},
): Promise<ClassifierGraph> {
  return buildClassifier(convertLayersModel(await toModelFile(model)), roles);
}

/** All outputs of both, on the same images. */
export async function runBoth(
  model: LayersModel,
  { model: converted }: Pick<ClassifierGraph, 'model'>,
): Promise<{ tfjs: Float32Array[]; onnx: Record<string, Float32Array> }> {
  const nhwc = randomValues(BATCH * HEIGHT * WIDTH * 3, 8);
  const images = tf.tensor4d(nhwc, [BATCH, HEIGHT, WIDTH, 3]);
  const predicted = [model.predict(images)].flat() as Tensor[];
  const session = await openCpuSession(encodeModel(converted));
  const feeds = { pixel_values: { data: toNchw(nhwc, BATCH), dims: [BATCH, 3, HEIGHT, WIDTH] } };
  const outputs = await session.run(feeds, [...session.outputNames]);
  await session.close();
  return {
    tfjs: predicted.map((tensor) => tensor.dataSync<'float32'>()),
    onnx: Object.fromEntries(session.outputNames.map((name) => [name, valuesOf(outputs, name)])),
  };
}

/** The largest difference; arrays that are missing or of two sizes are infinitely apart. */
export function difference(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return a === undefined || b?.length !== a.length ? Infinity : compareArrays(a, b).maxAbs;
}
