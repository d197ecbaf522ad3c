import { serializeManifest, type Manifest } from '@isometry/core';
import {
  encodeModel,
  floatTensor,
  int64Tensor,
  type OnnxGraph,
  type OnnxModel,
} from '@isometry/onnx';
import { draftFor } from '../export/draft-for.ts';
import { parseFields, varintOf, writeFields, type ProtobufField } from './protobuf-tree.ts';

const interval = { value: 0.9, low: 0.8, high: 0.955, level: 0.95, method: 'wilson' };

const draft = draftFor(8, false);

/** A manifest with every optional part. */
export const MANIFEST: Manifest = {
  ...draft,
  name: 'toes',
  embedding: { size: 4, normalised: false, distance: 'euclidean' },
  training: draft.training && {
    ...draft.training,
    hyperparameters: { epochs: 3, learningRate: 5e-4, warm: true, name: 'x', none: null },
  },
  metrics: draft.metrics && { ...draft.metrics, balancedAccuracy: interval, macroF1: interval },
  canary: {
    image: 'iVBORw0KGgo=',
    pixelsSha256: 'c'.repeat(64),
    embedding: [0.25, -1, 3e-5, 0],
  },
};

const branch: OnnxGraph = {
  name: 'branch',
  nodes: [{ name: 'b', opType: 'Identity', inputs: ['x'], outputs: ['y'] }],
  initializers: [floatTensor('inside', [2], [1, 2])],
  inputs: [],
  outputs: [{ name: 'y', dataType: 'float32' }],
};

/** A model with every kind of field that the reader reads. */
const rich: OnnxModel = {
  irVersion: 8,
  opsets: [
    { domain: '', version: 17 },
    { domain: 'com.example', version: 1 },
  ],
  producerName: 'isometry',
  producerVersion: '1.2.3',
  domain: 'org.example',
  modelVersion: 4,
  docString: 'a doc string',
  metadata: new Map([
    ['key', 'value'],
    ['isometry.manifest', serializeManifest(MANIFEST)],
  ]),
  graph: {
    name: 'graph',
    nodes: [
      {
        name: 'n',
        opType: 'Op',
        domain: 'com.example',
        inputs: ['x', '', 'w'],
        outputs: ['y'],
        attributes: [
          { name: 'float', type: 'float', value: 0.25 },
          { name: 'int', type: 'int', value: -1 },
          { name: 'string', type: 'string', value: 'häß' },
          { name: 'tensor', type: 'tensor', value: floatTensor('t', [2], [1, -2]) },
          { name: 'graph', type: 'graph', value: branch },
          { name: 'floats', type: 'floats', value: [0.5, -1.5] },
          { name: 'ints', type: 'ints', value: [0, -7, 2 ** 40] },
          { name: 'strings', type: 'strings', value: ['a', ''] },
          { name: 'tensors', type: 'tensors', value: [int64Tensor('s', [-1, 3])] },
          { name: 'graphs', type: 'graphs', value: [branch, branch] },
        ],
      },
      { name: 'relu', opType: 'Relu', inputs: ['y'], outputs: ['z'] },
    ],
    initializers: [
      floatTensor(
        'w',
        [10, 20],
        Array.from({ length: 200 }, (_, index) => index / 7),
      ),
      int64Tensor('shape', [0, -1]),
      floatTensor('scalar', [], [6]),
    ],
    inputs: [
      {
        name: 'x',
        dataType: 'float32',
        denotation: 'IMAGE',
        dims: [{ size: 'N', denotation: 'DATA_BATCH' }, { size: 3 }, {}],
      },
    ],
    outputs: [{ name: 'z', dataType: 'int64', dims: [] }],
    valueInfo: [{ name: 'between', dataType: 'float16' }],
  },
};

/** The file as Python's helpers may write it: numbers in typed fields, and a tensor in a side file. */
function withTypedTensors(file: Uint8Array): Uint8Array {
  const fields = parseFields(file);
  const graph = fields.find(({ number }) => number === 7)?.content as ProtobufField[];
  const varint = (number: number, value: number): ProtobufField => ({
    number,
    wire: 0,
    content: BigInt(value),
  });
  const bytes = (number: number, content: Uint8Array): ProtobufField => ({
    number,
    wire: 2,
    content,
  });
  const text = (number: number, value: string): ProtobufField =>
    bytes(number, new TextEncoder().encode(value));
  const tensor = (
    name: string,
    kind: number,
    ...values: readonly ProtobufField[]
  ): ProtobufField => ({
    number: 5,
    wire: 2,
    type: 'tensor',
    content: [varint(1, 4), varint(2, kind), text(8, name), ...values],
  });
  const entry = (key: string, value: string): ProtobufField => ({
    number: 13,
    wire: 2,
    type: 'entry',
    content: [text(1, key), text(2, value)],
  });
  const minusOne = varintOf(-1n);
  graph.push(
    tensor('floats', 1, bytes(4, new Uint8Array(16).fill(63))),
    tensor('bytes', 2, bytes(5, Uint8Array.of(1, 2, 127, 0))),
    tensor('longs', 7, bytes(7, new Uint8Array(Buffer.concat([minusOne, Uint8Array.of(0, 1, 2)])))),
    tensor('doubles', 11, bytes(10, new Uint8Array(32).fill(64))),
    tensor(
      'outside',
      1,
      varint(14, 1),
      entry('location', 'side.bin'),
      entry('offset', '64'),
      entry('length', '16'),
    ),
  );
  return writeFields(fields);
}

/** A side file of 256 bytes, which one tensor takes 16 of. */
export const SIDE_FILE: Uint8Array = Uint8Array.from({ length: 256 }, (_, index) => index);

/** What the mutations start from. */
export const BASE_MODELS: readonly Uint8Array[] = [
  encodeModel(rich),
  withTypedTensors(encodeModel(rich)),
];
