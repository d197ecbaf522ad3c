import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GraphModel, io, NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import { IsometryError } from '@isometry/core';
import { shorten } from '../shorten.ts';
import type { TfjsModelFile } from '../tfjs-model-file.ts';
import { registerOwnLayers } from './own-layers.ts';
import { readShard } from './read-shard.ts';
import { readTensors } from './read-tensors.ts';
import type { ReferenceModel, ReferenceValue } from './reference-model.ts';
import { runLayers } from './run-layers.ts';
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
    return readTensors(new Map(keys.map((key, index) => [key, tensors[index] as Tensor])));
  } finally {
    tf.dispose([images, ...tensors]);
  }
}
