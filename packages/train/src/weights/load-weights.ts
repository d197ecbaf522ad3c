import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { IsometryError, throwIfAborted } from '@isometry/core';
import { BACKBONES, type BackboneName } from '../backbones/backbones.ts';
import type { Tfjs } from '../tfjs.ts';
import { matchLayers } from './match-layers.ts';
import { openKerasH5 } from './keras-h5.ts';
import { toReadError } from './read-bytes.ts';
import { openTfjsLayers } from './tfjs-layers.ts';
import {
  weightsInvalid,
  type FileWeight,
  type WeightFile,
  type WeightsFormat,
} from './weight-file.ts';

export interface LoadWeightsOptions {
  readonly backbone: BackboneName;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link loadWeights} did. Weights are named `layer/weight`, as in the model. */
export interface WeightsReport {
  /** As it was given. */
  readonly source: string;
  readonly format: WeightsFormat;
  /** Of the `.h5`, or of model.json and then its weight files in their order there. */
  readonly sha256: string;
  readonly loaded: readonly string[];
  /** What the model has and the file does not: left as it was. */
  readonly missing: readonly string[];
  /** What the file has and the model does not, named as in the file: e.g. the classes of ImageNet. */
  readonly unused: readonly string[];
}

/** What is going to be written, when all of it has been read. */
interface Assignment {
  readonly variable: LayersModel['weights'][number];
  readonly weight: FileWeight;
  readonly read: NonNullable<FileWeight['read']>;
}

/**
 * Puts the weights of a file into a model, by layer and name; layers with Keras' automatic names (`conv2d_17`) by the
 * order of their creation. Either all of what fits is written, or nothing. A backbone whose Keras weights take BGR
 * gets the kernel of its first convolution turned round, and takes RGB.
 *
 * @param model the backbone, alone
 * @param file an `.h5` of Keras, a TensorFlow.js model.json, or a folder with one (a run, too)
 * @throws `WEIGHTS_INVALID` when the file is damaged, or a tensor has another shape, or nothing fits;
 * `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `ABORTED`
 */
export async function loadWeights(
  tf: Tfjs,
  model: LayersModel,
  file: string,
  { backbone, signal }: LoadWeightsOptions,
): Promise<WeightsReport> {
  throwIfAborted(signal);
  const weightFile = await openWeightFile(tf, file);
  try {
    throwIfAborted(signal);
    const { assignments, missing, unused } = match(model, weightFile);
    assertFits(file, backbone, assignments, missing);
    const values = assignments.map(({ weight, read }) => {
      throwIfAborted(signal);
      return readFinite(file, weight, read);
    });
    if (BACKBONES[backbone].isBgr && weightFile.isFromKeras) {
      turnFirstKernel(model, assignments, values);
    }
    tf.tidy(() => {
      for (const [index, { variable, weight }] of assignments.entries()) {
        variable.write(tf.tensor(values[index] as Float32Array, [...weight.shape]));
      }
    });
    return {
      source: file,
      format: weightFile.format,
      sha256: weightFile.sha256,
      loaded: assignments.map(({ variable }) => variable.originalName),
      missing,
      unused,
    };
  } finally {
    weightFile.close();
  }
}

async function openWeightFile(tf: Tfjs, file: string): Promise<WeightFile> {
  const stats = await stat(file).catch((cause: unknown) => {
    throw toReadError(file, cause);
  });
  if (stats.isDirectory()) return openTfjsLayers(tf, join(file, 'model.json'));
  return file.endsWith('.json') ? openTfjsLayers(tf, file) : openKerasH5(file);
}

function match(model: LayersModel, { weights }: WeightFile) {
  const inFile = new Map<string, FileWeight>();
  const nameOf = matchLayers(
    model.layers.map(({ name }) => name),
    weights.map(({ layer }) => layer),
  );
  const unused = new Set<string>();
  for (const weight of weights) {
    const layer = nameOf(weight.layer);
    if (layer !== undefined) inFile.set(`${layer}/${weight.weight}`, weight);
    if (weight.read !== undefined) unused.add(`${weight.layer}/${weight.weight}`);
  }
  const assignments: Assignment[] = [];
  const missing: string[] = [];
  for (const variable of model.weights) {
    const weight = inFile.get(variable.originalName);
    if (weight?.read === undefined) {
      missing.push(variable.originalName);
    } else {
      assignments.push({ variable, weight, read: weight.read });
      unused.delete(`${weight.layer}/${weight.weight}`);
    }
  }
  return { assignments, missing, unused: [...unused] };
}

function assertFits(
  file: string,
  backbone: BackboneName,
  assignments: readonly Assignment[],
  missing: readonly string[],
): void {
  if (assignments.length === 0) {
    throw new IsometryError('WEIGHTS_INVALID', `${file} has nothing of ${backbone}.`, {
      hint: 'Give weights of the same backbone.',
      details: { file, backbone, expected: missing.slice(0, 5) },
    });
  }
  const wrong = assignments.filter(
    ({ variable, weight }) => variable.shape.join() !== weight.shape.join(),
  );
  const [first] = wrong;
  if (first === undefined) return;
  const { variable, weight } = first;
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : '';
  throw new IsometryError(
    'WEIGHTS_INVALID',
    `${file} is not for this ${backbone}: ${variable.originalName} is ${weight.shape.join(' x ')} there and ${variable.shape.join(' x ')} here${more}.`,
    {
      hint: 'Give weights of the same backbone and width multiplier.',
      details: {
        file,
        weight: variable.originalName,
        expected: [...variable.shape],
        got: [...weight.shape],
      },
    },
  );
}

function readFinite(
  file: string,
  { layer, weight, shape }: FileWeight,
  read: Assignment['read'],
): Float32Array {
  const values = read();
  const count = shape.reduce((product, side) => product * side, 1);
  if (values.length !== count || !values.every(Number.isFinite)) {
    throw weightsInvalid(file, `"${layer}/${weight}" has values that are no numbers`);
  }
  return values;
}

/** The first convolution sees blue, green, red where the model gets red, green, blue. */
function turnFirstKernel(
  model: LayersModel,
  assignments: readonly Assignment[],
  values: readonly Float32Array[],
): void {
  const first = model.weights.find(({ originalName }) => originalName.endsWith('/kernel'));
  const index = assignments.findIndex(({ variable }) => variable === first);
  const kernel = values[index];
  if (first === undefined || kernel === undefined) return;
  const [, , channels = 0, filters = 0] = first.shape as number[];
  const plane = channels * filters;
  for (let start = 0; start < kernel.length; start += plane) {
    const red = kernel.slice(start, start + filters);
    const last = start + plane - filters;
    kernel.copyWithin(start, last, last + filters);
    kernel.set(red, last);
  }
}
