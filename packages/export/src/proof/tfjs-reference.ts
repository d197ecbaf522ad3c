import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GraphModel, io, LayersModel, NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import { IsometryError } from '@isometry/core';
import { shorten } from '../shorten.ts';
import type { TfjsModelFile } from '../tfjs-model-file.ts';
import { registerOwnLayers } from './own-layers.ts';
import { readShard } from './read-shard.ts';
import { referenceKey, type ReferenceModel, type ReferenceValue } from './reference-model.ts';
import type { Tfjs } from './tfjs.ts';

/** Where the trained model lies, and how its network wants its pixels. */
export interface ReferenceFile {
  /** Path of model.json, which `readTfjsModel` has accepted. */
  readonly path: string;
  readonly format: TfjsModelFile['format'];
  readonly channelOrder: 'rgb' | 'bgr';
}

/**
 * Opens the trained model in TensorFlow.js, by its own loader and from its own files: nothing that the converter
 * read or worked out takes part.
 * @throws what TensorFlow.js throws when it cannot load the model
 */
export async function openTfjsReference(
  tf: Tfjs,
  { path, format, channelOrder }: ReferenceFile,
): Promise<ReferenceModel> {
  registerOwnLayers(tf);
  const handler = { load: () => loadArtifacts(path) };
  const backend = tf.getBackend();
  const toImages = (pixels: Float32Array, dims: readonly number[]): Tensor => {
    const images = tf.tensor4d(pixels, dims as [number, number, number, number]);
    return channelOrder === 'rgb' ? images : tf.tidy(() => images.reverse(3));
  };
  const common = {
    description: `tfjs ${tf.version['tfjs-core']} (${backend})`,
    isFast: backend === 'tensorflow',
  };
  if (format === 'graph-model') {
    const model = await tf.loadGraphModel(handler);
    return {
      ...common,
      run: (pixels, dims, wanted) =>
        running(() => runGraph(tf, model, toImages(pixels, dims), wanted)),
      close: () => model.dispose(),
    };
  }
  const model = await tf.loadLayersModel(handler, { strict: true });
  return {
    ...common,
    run: (pixels, dims, wanted) =>
      running(() => runLayers(tf, model, toImages(pixels, dims), wanted)),
    close: () => {
      model.dispose();
    },
  };
}

/** TensorFlow.js loads models that it cannot run, and says so with errors of its own. @throws `RUN_INVALID` */
function running<Answer>(run: () => Answer): Answer {
  try {
    return run();
  } catch (cause) {
    const problem = shorten(cause instanceof Error ? cause.message : String(cause));
    throw new IsometryError('RUN_INVALID', `TensorFlow.js does not run the model: ${problem}`, {
      hint: 'An export is compared with what TensorFlow.js computes: check that it runs the model.',
      cause,
    });
  }
}

interface ModelJson {
  readonly modelTopology?: object;
  readonly weightsManifest?: readonly { readonly paths: string[]; readonly weights: never[] }[];
}

async function loadArtifacts(path: string): Promise<io.ModelArtifacts> {
  const json = JSON.parse(await readFile(path, 'utf8')) as ModelJson & io.ModelArtifacts;
  const { weightsManifest = [], ...artifacts } = json;
  const shards = await Promise.all(
    weightsManifest.flatMap(({ paths }) =>
      paths.map((shard) => readShard(join(dirname(path), shard))),
    ),
  );
  return {
    ...artifacts,
    modelTopology: json.modelTopology ?? json,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: shards,
  };
}

/** A layer or a model inside the model, as far as it is watched. */
interface Watched {
  readonly name: string;
  readonly layers?: readonly Watched[];
  call(inputs: unknown, kwargs: unknown): Tensor | Tensor[];
}

/** Runs a layers model and keeps what its layers answer: also of nested models, and of every call of a shared layer. */
function runLayers(
  tf: Tfjs,
  model: LayersModel,
  images: Tensor,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, ReferenceValue> {
  const kept = new Map<string, Tensor>();
  const restore: (() => void)[] = [];
  const watch = (layer: Watched, path: string): void => {
    const calls = { count: 0 };
    const own = Object.getOwnPropertyDescriptor(layer, 'call');
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const answer = call(inputs, kwargs);
      const key = referenceKey({ name: path, call: calls.count++ });
      const [first] = Array.isArray(answer) ? answer : [answer];
      if (first !== undefined && wanted.has(key)) kept.set(key, tf.keep(first.clone()));
      return answer;
    };
    restore.push(() => {
      if (own === undefined) delete (layer as { call?: unknown }).call;
      else Object.defineProperty(layer, 'call', own);
    });
    for (const inner of layer.layers ?? []) watch(inner, `${path}/${inner.name}`);
  };
  try {
    for (const layer of model.layers as unknown as readonly Watched[]) watch(layer, layer.name);
    // TensorFlow.js does not call the layer that stands for the input.
    const input = referenceKey({ name: model.inputNames[0] ?? '', call: 0 });
    if (wanted.has(input)) kept.set(input, images.clone());
    tf.tidy(() => void model.predict(images));
    return readAll(kept);
  } finally {
    for (const undo of restore) undo();
    tf.dispose([images, ...kept.values()]);
  }
}

function runGraph(
  tf: Tfjs,
  model: GraphModel,
  images: Tensor,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, ReferenceValue> {
  const [input] = model.inputs;
  const feeds: NamedTensorMap = { [input?.name ?? '']: images };
  const keys = [...wanted];
  const names = keys.map((key) => key.slice(key.indexOf(':') + 1));
  const answer = model.execute(feeds, names);
  const tensors = Array.isArray(answer) ? answer : [answer];
  try {
    return readAll(new Map(keys.map((key, index) => [key, tensors[index] as Tensor])));
  } finally {
    tf.dispose([images, ...tensors]);
  }
}

function readAll(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, ReferenceValue> {
  const values = new Map<string, ReferenceValue>();
  for (const [key, tensor] of tensors) {
    values.set(key, { dims: tensor.shape, data: Float32Array.from(tensor.dataSync()) });
  }
  return values;
}
