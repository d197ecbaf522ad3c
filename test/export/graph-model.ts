import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareArrays, type ModelSession } from '@isometry/core';
import {
  convertGraphModel,
  type ConvertedGraph,
  type ConvertGraphModelOptions,
  type ModelWeight,
  type NamedValue,
  type TfjsModelFile,
} from '@isometry/export';
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxValue } from '@isometry/onnx';
import type { GraphModel, io, Tensor } from '@tensorflow/tfjs';
import { openCpuSession, valuesOf } from './onnx-session.ts';
import { tf } from './tfjs.ts';

/** An attribute as protobuf's JSON has it. */
type Attribute = Readonly<Record<string, unknown>>;

const base64 = (value: string): string => Buffer.from(value).toString('base64');

export const text = (value: string): Attribute => ({ s: base64(value) });
export const texts = (...values: string[]): Attribute => ({ list: { s: values.map(base64) } });
export const int = (value: number): Attribute => ({ i: String(value) });
export const ints = (...values: number[]): Attribute => ({ list: { i: values.map(String) } });
export const float = (value: number): Attribute => ({ f: value });
export const flag = (value: boolean): Attribute => ({ b: value });
export const type = (name: string): Attribute => ({ type: name });
export const shape = (...sizes: number[]): Attribute => ({
  shape: { dim: sizes.map((size) => ({ size: String(size) })) },
});

interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

/** A graph model written by hand, for tfjs and for the exporter alike. */
export class HandMadeGraph {
  readonly nodes: NodeDef[] = [];
  readonly weights: Map<string, ModelWeight> = new Map();
  signature: unknown;

  /** An input with any batch, or of just this shape. */
  image(sizes: readonly number[], name = 'image'): string {
    return this.node('Placeholder', [], { dtype: type('DT_FLOAT'), shape: shape(...sizes) }, name);
  }

  node(
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, Attribute>> = {},
    name = `${op.toLowerCase()}${this.nodes.length}`,
  ): string {
    this.nodes.push({ name, op, input, attr: { T: type('DT_FLOAT'), ...attr } });
    return name;
  }

  /** Seeded values between -1 and 1, or what `map` makes of them. */
  float(sizes: readonly number[], map: (value: number) => number = (value) => value): string {
    const count = sizes.reduce((a, b) => a * b, 1);
    const data = seeded(count, this.nodes.length + 1).map(map);
    return this.#weight({ shape: sizes, dtype: 'float32', data });
  }

  floats(...values: readonly number[]): string {
    return this.#weight({
      shape: [values.length],
      dtype: 'float32',
      data: Float32Array.from(values),
    });
  }

  scalar(value: number): string {
    return this.#weight({ shape: [], dtype: 'float32', data: Float32Array.of(value) });
  }

  integers(...values: readonly number[]): string {
    return this.#weight({ shape: [values.length], dtype: 'int32', data: Int32Array.from(values) });
  }

  /** Rows of integers, as paddings are. */
  table(...rows: readonly (readonly number[])[]): string {
    const shapeOf = [rows.length, rows[0]?.length ?? 0];
    return this.#weight({ shape: shapeOf, dtype: 'int32', data: Int32Array.from(rows.flat()) });
  }

  integer(value: number): string {
    return this.#weight({ shape: [], dtype: 'int32', data: Int32Array.of(value) });
  }

  get file(): TfjsModelFile {
    return {
      format: 'graph-model',
      topology: { node: this.nodes, versions: { producer: 987 } },
      weights: this.weights,
      ...(this.signature === undefined ? {} : { signature: this.signature }),
    };
  }

  #weight(weight: ModelWeight): string {
    const dtype = type(weight.dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32');
    const name = this.node('Const', [], { dtype });
    this.weights.set(name, weight);
    return name;
  }
}

/** Seeded values in -1 to 1, another seed another sequence. */
export function seeded(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    // Numerical Recipes' generator: its upper bits are random enough for weights.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
}

/** The model as tfjs loads it. */
async function loadInTfjs(file: TfjsModelFile): Promise<GraphModel> {
  const specs = [...file.weights].map(([name, weight]) => ({
    name,
    shape: [...weight.shape],
    dtype: weight.dtype,
  }));
  const buffers = [...file.weights.values()].map(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
  return tf.loadGraphModel(
    tf.io.fromMemory({
      format: 'graph-model',
      modelTopology: file.topology as object,
      weightSpecs: specs,
      weightData: new Uint8Array(Buffer.concat(buffers)).buffer,
      ...(file.signature === undefined ? {} : { signature: file.signature as object }),
    }),
  );
}

/** The model as tfjs reads it from a folder, quantised weights and all. */
export async function loadFolderInTfjs(folder: string): Promise<GraphModel> {
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as {
    modelTopology: object;
    signature?: object;
    weightsManifest: { paths: string[]; weights: io.WeightsManifestEntry[] }[];
  };
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const shards = await Promise.all(paths.map((path) => readFile(join(folder, path))));
  return tf.loadGraphModel(
    tf.io.fromMemory({
      format: 'graph-model',
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(Buffer.concat(shards)).buffer,
      ...(json.signature === undefined ? {} : { signature: json.signature }),
    }),
  );
}

/** A converted graph in ONNX Runtime, all its outputs under the names that it has for them. */
export interface OpenGraph {
  readonly graph: ConvertedGraph;
  readonly nodes: readonly OnnxNode[];
  readonly session: ModelSession;
}

export async function openGraph(
  file: TfjsModelFile,
  options: ConvertGraphModelOptions = {},
): Promise<OpenGraph> {
  const graph = convertGraphModel(file, options);
  const session = await openCpuSession(encodeModel(modelOf(graph)));
  return { graph, nodes: graph.draft.nodes, session };
}

/** A converted graph as a file has it, before its outputs get their roles. */
export function modelOf({ draft, inputs, outputs }: ConvertedGraph): OnnxModel {
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    metadata: new Map(),
    graph: {
      name: 'test',
      nodes: draft.nodes,
      initializers: draft.initializers(),
      inputs: inputs.map(describe),
      outputs: outputs.map(describe),
    },
  };
}

function describe({ value }: NamedValue): OnnxValue {
  const [height, width, channels] = value.shape;
  const sizes = value.shape.length === 3 ? [channels, height, width] : value.shape;
  const dims = [{ size: 'N' }, ...sizes.map((size) => ({ size: size as number }))];
  return { name: value.name, dataType: 'float32', dims };
}

/**
 * The worst relative L2 difference between ONNX Runtime and tfjs over all outputs, for images whose values run from -1
 * to 1 times `scale`. Their shapes must be equal.
 */
export async function differenceFromTfjs(
  file: TfjsModelFile,
  { graph, session }: OpenGraph,
  options: { readonly batch?: number; readonly scale?: number; readonly model?: GraphModel } = {},
): Promise<number> {
  const { batch = 3, scale = 1 } = options;
  const model = options.model ?? (await loadInTfjs(file));
  const images = graph.inputs.map(({ value }, index) => ({
    value,
    data: seeded(batch * count(value.shape), 99 + index).map((pixel) => pixel * scale),
  }));
  const names = [...model.inputs].map(({ name }) => name);
  const feeds = Object.fromEntries(
    images.map(({ value, data }, index) => [
      names[index] ?? '',
      tf.tensor(data, [batch, ...value.shape]),
    ]),
  );
  const keys = outputNames(file, graph);
  const answer = model.execute(feeds, keys);
  const expected: Tensor[] = Array.isArray(answer) ? answer : [answer];
  const outputs = await session.run(
    Object.fromEntries(
      images.map(({ value, data }) => [
        value.name,
        { data: toOnnxOrder(data, value.shape, batch), dims: [batch, ...onnxShape(value.shape)] },
      ]),
    ),
    graph.outputs.map(({ value }) => value.name),
  );
  const differences = graph.outputs.map(({ value }, index) => {
    const tensor = expected[index] as Tensor;
    if (tensor.shape.join() !== [batch, ...value.shape].join()) return Infinity;
    const order = value.flattenedFrom;
    const inner = order === undefined ? value.shape : [order.height, order.width, order.channels];
    const theirs = tensor.dataSync<'float32'>();
    const ours = toKerasOrder(valuesOf(outputs, value.name), inner, batch);
    if (![theirs, ours].every((values) => values.every(Number.isFinite))) {
      throw new RangeError('One of them computes what is no number.');
    }
    return compareArrays(theirs, ours).relativeL2;
  });
  tf.dispose([Object.values(feeds), expected]);
  model.dispose();
  return Math.max(...differences);
}

/** tfjs runs a graph to its nodes; the exporter names outputs by the signature. */
function outputNames(file: TfjsModelFile, graph: ConvertedGraph): string[] {
  const { outputs = {} } = (file.signature ?? {}) as {
    outputs?: Readonly<Record<string, { readonly name: string }>>;
  };
  return graph.outputs.map(({ name }) => outputs[name]?.name ?? name);
}

const count = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

function onnxShape(sizes: readonly number[]): readonly number[] {
  return sizes.length === 3 ? [2, 0, 1].map((axis) => sizes[axis] as number) : sizes;
}

/** Image by image, where element `index` of an image goes. */
function reorder(
  data: Float32Array,
  sizes: readonly number[],
  batch: number,
  source: (index: number, area: number, channels: number) => number,
): Float32Array {
  if (sizes.length !== 3) return data;
  const size = count(sizes);
  const channels = sizes[2] as number;
  if (data.length !== batch * size) return data;
  return data.map((_, index) => {
    const from = source(index % size, size / channels, channels);
    return data[index - (index % size) + from] as number;
  });
}

/** Interleaved to planar, image by image. */
export function toOnnxOrder(
  data: Float32Array,
  sizes: readonly number[],
  batch: number,
): Float32Array {
  return reorder(
    data,
    sizes,
    batch,
    (i, area, channels) => (i % area) * channels + Math.floor(i / area),
  );
}

function toKerasOrder(data: Float32Array, sizes: readonly number[], batch: number): Float32Array {
  return reorder(
    data,
    sizes,
    batch,
    (i, area, channels) => (i % channels) * area + Math.floor(i / channels),
  );
}
