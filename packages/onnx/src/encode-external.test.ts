import { sha256Hex } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { decodeModel } from './decode-model.ts';
import { encodeExternal } from './encode-external.ts';
import { encodeModel, encodeModelPieces } from './encode-model.ts';
import type { ExternalReference, ReadExternal } from './external-tensors.ts';
import type { OnnxModel, OnnxTensor } from './model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { readMetadata } from './read-metadata.ts';
import { floatTensor, int64Tensor } from './tensor.ts';
import { withMetadata, withMetadataPieces } from './with-metadata.ts';

const LOCATION = 'model.onnx_data';

function values(name: string, count: number): OnnxTensor {
  return floatTensor(
    name,
    [count],
    Float32Array.from({ length: count }, (_, index) => index),
  );
}

const initializers: readonly OnnxTensor[] = [
  int64Tensor('shape', [1, -1]),
  values('small', 300),
  values('medium', 5000),
  values('large', 300_000),
  values('last', 256),
  floatTensor('empty', [0, 4], []),
];

const model: OnnxModel = {
  irVersion: 8,
  opsets: [{ domain: '', version: 17 }],
  metadata: new Map([['key', 'value']]),
  graph: {
    name: 'graph',
    nodes: [{ name: 'n', opType: 'Identity', inputs: ['x'], outputs: ['y'] }],
    initializers,
    inputs: [{ name: 'x', dataType: 'float32' }],
    outputs: [{ name: 'y', dataType: 'float32' }],
  },
};

function readerOf(pieces: readonly Uint8Array[]): ReadExternal {
  const file = new Uint8Array(Buffer.concat(pieces));
  return ({ offset, length }) => file.subarray(offset, offset + length);
}

describe('encodeExternal', () => {
  it('leaves a model whole that is no larger than the threshold', () => {
    const whole = encodeModel(model);
    const { length } = whole;
    const encoded = encodeExternal(model, { location: LOCATION });
    expect(encoded).toMatchObject({ data: [], dataSizeBytes: 0 });
    expect(Buffer.compare(encoded.model, whole)).toBe(0);
    const at = encodeExternal(model, { location: LOCATION, thresholdBytes: length });
    const below = encodeExternal(model, { location: LOCATION, thresholdBytes: length - 1 });
    expect([at.dataSizeBytes === 0, below.dataSizeBytes > 0]).toEqual([true, true]);
  });

  it('moves tensors of 1 kB and more, and reads back the same model', () => {
    const encoded = encodeExternal(model, { location: LOCATION, thresholdBytes: 0 });
    const asked: ExternalReference[] = [];
    const read = readerOf(encoded.data);
    const decoded = decodeModel(encoded.model, {
      readExternal: (reference) => {
        asked.push(reference);
        return read(reference);
      },
    });
    expect(digested(decoded)).toEqual(digested(model));
    // 1,200 bytes; 20,000 on the next page; 1,200,000 on the next multiple of 64 KiB; 1,024 on the page after.
    expect(asked).toEqual([
      { location: LOCATION, offset: 0, length: 1200 },
      { location: LOCATION, offset: 4096, length: 20_000 },
      { location: LOCATION, offset: 65_536, length: 1_200_000 },
      { location: LOCATION, offset: 1_265_664, length: 1024 },
    ]);
    expect(encoded.dataSizeBytes).toBe(1_266_688);
    expect(encoded.data.reduce((total, piece) => total + piece.length, 0)).toBe(1_266_688);
    expect(encoded.model.length).toBeLessThan(2000);
    expect([...readMetadata(encoded.model)]).toEqual([['key', 'value']]);
  });

  it('hands out the tensors themselves, not copies', () => {
    const { data } = encodeExternal(model, { location: LOCATION, thresholdBytes: 0 });
    const moved = initializers.filter((tensor) => tensor.data.length >= 1024);
    expect(data.filter((piece) => moved.some((tensor) => tensor.data === piece))).toHaveLength(4);
  });

  it.each(['', '/model.onnx_data', '../data', 'a/../../b', 'c:data', 'a\\b', 'a//b', '.', 'a\0b'])(
    'refuses the side file %j',
    (location) => {
      expect(() => encodeExternal(model, { location, thresholdBytes: 0 })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    },
  );
});

describe('decodeModel with side files', () => {
  /** A model whose tensor `w` of two floats has these entries of external data. */
  function fileWith(
    entries: readonly (readonly [string, string])[],
    more: (tensor: ProtobufWriter) => void = () => undefined,
  ): Uint8Array {
    const tensor = new ProtobufWriter().packedInts(1, [2]).int(2, 1).string(8, 'w').int(14, 1);
    for (const [key, value] of entries) {
      tensor.message(13, new ProtobufWriter().string(1, key).string(2, value));
    }
    more(tensor);
    return new ProtobufWriter()
      .int(1, 8)
      .message(8, new ProtobufWriter().int(2, 17))
      .message(7, new ProtobufWriter().message(5, tensor))
      .finish();
  }
  const side = new Uint8Array(100);
  const readExternal: ReadExternal = ({ offset, length }) => side.subarray(offset, offset + length);

  it('takes what the entries leave out from the shape', () => {
    const file = fileWith([['location', 'data/w.bin']]);
    const asked: ExternalReference[] = [];
    decodeModel(file, {
      readExternal: (reference) => {
        asked.push(reference);
        return side.subarray(0, 8);
      },
    });
    expect(asked).toEqual([{ location: 'data/w.bin', offset: 0, length: 8 }]);
  });

  it('refuses them without a reader', () => {
    expect(() => decodeModel(fileWith([['location', 'w.bin']]))).toThrow(/external data/);
  });

  it.each<[string, readonly (readonly [string, string])[], RegExp]>([
    ['no location', [], /folder: ""/],
    ['an absolute location', [['location', '/etc/passwd']], /no file of the model's folder/],
    ['a location above', [['location', '../w.bin']], /no file of the model's folder/],
    ['a location around', [['location', 'a/../../w.bin']], /no file of the model's folder/],
    ["Windows' separators", [['location', 'a\\..\\w.bin']], /no file of the model's folder/],
    ['a drive', [['location', 'C:w.bin']], /no file of the model's folder/],
    ['a NUL', [['location', 'w.bin\0.txt']], /no file of the model's folder/],
    ['a long location', [['location', 'w'.repeat(1025)]], /no file of the model's folder/],
    ['two locations', twice('location', 'w.bin'), /names its "location" twice/],
    ['two offsets', [['location', 'w.bin'], ...twice('offset', '0')], /names its "offset" twice/],
    ['a negative offset', [['location', 'w'], ...entry('offset', '-8')], /length "-8"/],
    ['half an offset', [['location', 'w'], ...entry('offset', '1.5')], /length "1.5"/],
    ['a hexadecimal offset', [['location', 'w'], ...entry('offset', '0x10')], /length "0x10"/],
    ['an empty offset', [['location', 'w'], ...entry('offset', '')], /length ""/],
    [
      'an offset beyond 2^64',
      [['location', 'w'], ...entry('offset', '18446744073709551617')],
      /length "1844/,
    ],
    [
      'an offset that overflows with the length',
      [['location', 'w'], ...entry('offset', '9007199254740991')],
      /beyond 2\^53/,
    ],
    ['another length', [['location', 'w'], ...entry('length', '9')], /9 bytes .* instead of 8/],
    ['the end of the file', [['location', 'w'], ...entry('offset', '96')], /got 4 of its 8 bytes/],
    [
      'too many entries',
      Array.from({ length: 17 }, (_, index): [string, string] => [`${index}`, '']),
      /too many entries/,
    ],
  ])('refuses %s', (_name, entries, message) => {
    expect(() => decodeModel(fileWith(entries), { readExternal })).toThrow(message);
    expect(() => decodeModel(fileWith(entries), { readExternal })).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });

  it('refuses values that come twice, and other places', () => {
    const inline = fileWith([['location', 'w']], (tensor) => tensor.bytes(9, new Uint8Array(8)));
    expect(() => decodeModel(inline, { readExternal })).toThrow(/values twice/);
    const elsewhere = fileWith([['location', 'w']], (tensor) => tensor.int(14, 2));
    expect(() => decodeModel(elsewhere, { readExternal })).toThrow(/data location 2/);
  });

  it('counts what tensors take together', () => {
    const encoded = encodeExternal(model, { location: LOCATION, thresholdBytes: 0 });
    const total = 1200 + 20_000 + 1_200_000 + 1024;
    const options = { readExternal: readerOf(encoded.data) };
    const decoded = decodeModel(encoded.model, { ...options, maxExternalBytes: total });
    expect(digested(decoded)).toEqual(digested(model));
    expect(() => decodeModel(encoded.model, { ...options, maxExternalBytes: total - 1 })).toThrow(
      /maxExternalBytes/,
    );
  });
});

describe('pieces', () => {
  it('are the file, with the weights as they are', () => {
    const pieces = encodeModelPieces(model);
    expect(Buffer.compare(Buffer.concat(pieces), encodeModel(model))).toBe(0);
    const large = initializers.filter(({ data }) => data.length >= 4096);
    expect(large.every(({ data }) => pieces.includes(data))).toBe(true);
  });

  it('of a file with other metadata are views of it', () => {
    const file = encodeModel(model);
    const pieces = withMetadataPieces(file, { key: 'other' });
    const changed = withMetadata(file, { key: 'other' });
    expect(Buffer.compare(Buffer.concat(pieces), changed)).toBe(0);
    expect([...readMetadata(changed)]).toEqual([['key', 'other']]);
    const copied = pieces.filter(({ buffer }) => buffer !== file.buffer);
    expect(copied.reduce((total, { length }) => total + length, 0)).toBeLessThan(200);
  });

  it('end where protobuf ends', () => {
    // One megabyte, 2,048 times over: 2 GiB of views.
    const megabyte = {
      ...floatTensor('w', [], []),
      dims: [2 ** 20],
      data: new Uint8Array(2 ** 20),
    };
    const huge = {
      ...model,
      graph: { ...model.graph, initializers: Array.from({ length: 2048 }, () => megabyte) },
    };
    expect(() => encodeModelPieces(huge)).toThrow(
      expect.objectContaining({ code: 'MODEL_TOO_LARGE' }),
    );
    const { data, dataSizeBytes } = encodeExternal(huge, { location: LOCATION });
    expect(dataSizeBytes).toBe(2 ** 31);
    expect(data).toHaveLength(2048);
  });
});

describe('ProtobufWriter', () => {
  it.each([Number.NaN, 1.5, Infinity, 2 ** 53])('refuses the integer %d', (value) => {
    expect(() => new ProtobufWriter().int(1, value)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });
});

/** With digests for the tensors' bytes: comparing a megabyte byte by byte takes seconds. */
function digested({ graph, ...rest }: OnnxModel): unknown {
  const tensors = graph.initializers.map((tensor) => ({ ...tensor, data: sha256Hex(tensor.data) }));
  return { ...rest, graph: { ...graph, initializers: tensors } };
}

function entry(key: string, value: string): readonly [readonly [string, string]] {
  return [[key, value]];
}

function twice(key: string, value: string): readonly (readonly [string, string])[] {
  return [...entry(key, value), ...entry(key, value)];
}
