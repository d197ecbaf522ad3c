import { isIsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { decodeModel } from './decode-model.ts';
import { encodeModel } from './encode-model.ts';
import type { OnnxAttribute, OnnxGraph, OnnxModel } from './model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { readMetadata } from './read-metadata.ts';
import { floatTensor, int64Tensor } from './tensor.ts';
import { withMetadata } from './with-metadata.ts';

const branch: OnnxGraph = {
  name: 'branch',
  nodes: [{ name: 'b', opType: 'Identity', inputs: ['x'], outputs: ['y'] }],
  initializers: [],
  inputs: [],
  outputs: [{ name: 'y', dataType: 'float32' }],
};

const attributes: readonly OnnxAttribute[] = [
  { name: 'float', type: 'float', value: 0.25 },
  { name: 'zero', type: 'int', value: 0 },
  { name: 'negative', type: 'int', value: -1 },
  { name: 'large', type: 'int', value: -(2 ** 52) - 3 },
  { name: 'string', type: 'string', value: 'häß' },
  { name: 'tensor', type: 'tensor', value: floatTensor('t', [2], [1, -2]) },
  { name: 'graph', type: 'graph', value: branch },
  { name: 'floats', type: 'floats', value: [0.5, -1.5] },
  { name: 'ints', type: 'ints', value: [0, -7, 2 ** 40] },
  { name: 'no-ints', type: 'ints', value: [] },
  { name: 'strings', type: 'strings', value: ['a', ''] },
  { name: 'tensors', type: 'tensors', value: [int64Tensor('s', [-1, 3])] },
  { name: 'graphs', type: 'graphs', value: [branch, branch] },
];

const model: OnnxModel = {
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
    ['__proto__', '{"polluted":true}'],
  ]),
  graph: {
    name: 'graph',
    docString: 'of the graph',
    nodes: [
      {
        name: 'n',
        opType: 'Op',
        domain: 'com.example',
        inputs: ['x', '', 'w'],
        outputs: ['y'],
        attributes,
        docString: 'of the node',
      },
    ],
    initializers: [floatTensor('w', [1, 2], [Number.NaN, 3]), floatTensor('scalar', [], [6])],
    inputs: [
      {
        name: 'x',
        dataType: 'float32',
        denotation: 'IMAGE',
        dims: [{ size: 'N', denotation: 'DATA_BATCH' }, { size: 3 }, {}],
      },
    ],
    outputs: [{ name: 'y', dataType: 'int64', dims: [] }],
    valueInfo: [{ name: 'between', dataType: 'float16' }],
  },
};

/** What a hostile file may do: succeed or throw a coded error. Anything else fails the test. */
function outcome(read: () => unknown): string {
  try {
    read();
    return 'ok';
  } catch (error) {
    if (!isIsometryError(error)) throw error;
    return error.hint === undefined ? `${error.code} without a hint` : error.code;
  }
}

function messageOf(read: () => unknown): string {
  try {
    read();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('encodeModel and decodeModel', () => {
  it('returns every field as it was', () => {
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  it('keeps tensors as views of the file', () => {
    const bytes = encodeModel(model);
    expect(decodeModel(bytes).graph.initializers[0]?.data.buffer).toBe(bytes.buffer);
  });

  it('reads bytes that start in the middle of a buffer', () => {
    const bytes = encodeModel(model);
    const shifted = new Uint8Array(bytes.length + 7);
    shifted.set(bytes, 7);
    expect(decodeModel(shifted.subarray(7))).toEqual(model);
  });

  it('refuses a tensor whose bytes do not fit its shape', () => {
    const wrong = { ...floatTensor('w', [1, 2], [1, 2]), dims: [3] };
    const bytes = encodeModel({ ...model, graph: { ...model.graph, initializers: [wrong] } });
    expect(() => decodeModel(bytes)).toThrow(/tensor "w" of shape \[3\] has 8 bytes instead of 12/);
  });

  it('refuses graphs that are nested too deep', () => {
    let nested = branch;
    for (let depth = 0; depth < 40; depth++) {
      const value = nested;
      const node = { name: 'if', opType: 'If', inputs: ['c'], outputs: ['y'] };
      nested = {
        ...branch,
        nodes: [{ ...node, attributes: [{ name: 'g', type: 'graph', value }] }],
      };
    }
    expect(() => decodeModel(encodeModel({ ...model, graph: nested }))).toThrow(/nested deeper/);
  });

  it('counts the numbers of a whole file', () => {
    // Attributes of 600,000 zeros each, in nodes, a graph, a model.
    const node = new ProtobufWriter().message(
      5,
      new ProtobufWriter().bytes(8, new Uint8Array(600_000)).int(20, 7),
    );
    const graph = new ProtobufWriter();
    const file = (): Uint8Array =>
      new ProtobufWriter()
        .int(1, 8)
        .message(8, new ProtobufWriter().int(2, 17))
        .message(7, graph)
        .finish();
    for (let count = 0; count < 3; count++) graph.message(1, node.string(4, 'Op'));
    expect(decodeModel(file()).graph.nodes).toHaveLength(3);
    graph.message(1, node);
    expect(() => decodeModel(file())).toThrow(/more than 2000000 numbers/);
  });

  it('keeps a long name out of the message', () => {
    const wrong = { ...floatTensor('w'.repeat(100_000), [1], [1]), dims: [2] };
    const bytes = encodeModel({ ...model, graph: { ...branch, initializers: [wrong] } });
    expect(outcome(() => decodeModel(bytes))).toBe('MODEL_INVALID');
    expect(messageOf(() => decodeModel(bytes))).toMatch(/^Not a complete ONNX model: .{300}\.$/u);
  });

  it('refuses more parts than the limit, and more bytes', () => {
    const bytes = encodeModel(model);
    expect(outcome(() => decodeModel(bytes, { maxItems: 5 }))).toBe('MODEL_INVALID');
    expect(outcome(() => decodeModel(bytes, { maxBytes: 100 }))).toBe('MODEL_TOO_LARGE');
    expect(outcome(() => readMetadata(bytes, { maxBytes: 100 }))).toBe('MODEL_TOO_LARGE');
  });
});

describe('readMetadata', () => {
  it('reads what was written, with a prototype key as a plain key', () => {
    expect([...readMetadata(encodeModel(model))]).toEqual([...model.metadata]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each([
    ['nothing', new Uint8Array(0), /file is empty/],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), /a PNG image/],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /a JPEG image/],
    ['JSON', new TextEncoder().encode('{"format":"layers-model"}'), /a JSON text/],
    ['text', new TextEncoder().encode('This is not a model, it is a text.'), /Not a complete ONNX/],
    ['zeros', new Uint8Array(1000), /field number 0/],
    ['a long number', new Uint8Array(1000).fill(0xff), /longer than 64 bits/],
    ['a model without a graph', Uint8Array.of(8, 8, 66, 2, 16, 17), /has no graph/],
    ['a model without an operator set', Uint8Array.of(8, 8, 58, 2, 10, 0), /no operator set/],
  ])('refuses %s', (_name, bytes, message) => {
    expect(() => readMetadata(bytes)).toThrow(message);
    expect(outcome(() => readMetadata(bytes))).toBe('MODEL_INVALID');
    expect(outcome(() => decodeModel(bytes))).toBe('MODEL_INVALID');
  });

  it('refuses a key that comes twice, and a second graph', () => {
    const entry = [0x72, 4, 0x0a, 0, 0x12, 0];
    const head = [8, 8, 66, 2, 16, 17];
    const graph = [58, 2, 10, 0];
    expect(readMetadata(Uint8Array.from([...head, ...entry, ...graph])).size).toBe(1);
    expect(() => readMetadata(Uint8Array.from([...head, ...entry, ...entry, ...graph]))).toThrow(
      /comes twice/,
    );
    expect(() => readMetadata(Uint8Array.from([...head, ...graph, ...graph]))).toThrow(
      /two graphs/,
    );
  });
});

describe('withMetadata', () => {
  it('sets entries and leaves the rest alone', () => {
    const changed = withMetadata(encodeModel(model), { key: 'other', new: '…' });
    const decoded = decodeModel(changed);
    expect([...decoded.metadata]).toEqual([
      ['key', 'other'],
      ['__proto__', '{"polluted":true}'],
      ['new', '…'],
    ]);
    expect({ ...decoded, metadata: model.metadata }).toEqual(model);
  });

  it('copies fields that this package does not know', () => {
    // Field 20 (training_info) with one byte of content.
    const bytes = Uint8Array.from([...encodeModel(model), 0xa2, 0x01, 1, 42]);
    const changed = withMetadata(bytes, new Map([['key', 'value']]));
    expect(changed.length).toBe(bytes.length);
    expect(Buffer.from(changed).includes(Buffer.from([0xa2, 0x01, 1, 42]))).toBe(true);
  });
});

describe('hostile files', () => {
  const bytes = encodeModel(model);

  it('is refused whole, wherever it was cut', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(outcome(() => readMetadata(bytes.subarray(0, length)))).toBe('MODEL_INVALID');
      expect(outcome(() => decodeModel(bytes.subarray(0, length)))).toBe('MODEL_INVALID');
    }
  });

  it('survives 500 seeded bit flips with a coded error or a result', () => {
    let state = 20_260_101;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const codes = new Set<string>();
    for (let round = 0; round < 500; round++) {
      const damaged = bytes.slice();
      for (let flips = 1 + random(3); flips > 0; flips--) {
        const at = random(damaged.length);
        damaged[at] = (damaged.at(at) ?? 0) ^ (1 << random(8));
      }
      codes.add(outcome(() => readMetadata(damaged)));
      codes.add(outcome(() => decodeModel(damaged)));
    }
    expect([...codes].sort()).toEqual(['MODEL_INVALID', 'ok']);
  });
});
