import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isIsometryError } from '@isometry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTfjsModel, type TfjsModelFile } from './tfjs-model-file.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-tfjs-'));
});
afterAll(() => rm(folder, { recursive: true }));

const topology = { class_name: 'Sequential', config: [] };
const floats = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);
const f32 = (name: string, ...shape: readonly number[]) => ({ name, shape, dtype: 'float32' });

interface Written {
  readonly json?: unknown;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

async function write({ json, files = {} }: Written): Promise<string> {
  const place = join(folder, `model-${count++}`);
  await mkdir(place);
  for (const [name, content] of Object.entries(files)) {
    // oxlint-disable-next-line no-await-in-loop
    await mkdir(dirname(join(place, name)), { recursive: true });
    // oxlint-disable-next-line no-await-in-loop
    await writeFile(join(place, name), content);
  }
  await writeFile(
    join(place, 'model.json'),
    typeof json === 'string' ? json : JSON.stringify(json),
  );
  return join(place, 'model.json');
}

async function read(written: Written): Promise<TfjsModelFile> {
  return readTfjsModel(await write(written));
}

/** One group of one file. */
function single(weights: readonly unknown[], content: Uint8Array, extra: object = {}): Written {
  const weightsManifest = [{ paths: ['w.bin'], weights }];
  return {
    json: { modelTopology: topology, weightsManifest, ...extra },
    files: { 'w.bin': content },
  };
}

function valuesOf(file: TfjsModelFile): Record<string, number[]> {
  return Object.fromEntries([...file.weights].map(([name, { data }]) => [name, [...data]]));
}

describe('readTfjsModel', () => {
  it('reads plain weights of every type, those of the optimiser left out', async () => {
    const content = Buffer.concat([
      floats(1.5, -2, Number.NaN),
      floats(7),
      new Uint8Array(Int32Array.of(-5, 2 ** 31 - 1).buffer),
      Uint8Array.of(1, 0, 1),
      floats(0.25),
    ]);
    const weights = [
      f32('a', 3, 1),
      { ...f32('iter', 1), group: 'optimizer' },
      { name: 'i', shape: [2], dtype: 'int32' },
      { name: 'b', shape: [3], dtype: 'bool' },
      f32('scalar'),
      f32('none', 0, 5),
    ];
    const file = await read(single(weights, content, { format: 'layers-model' }));
    expect(valuesOf(file)).toEqual({
      a: [1.5, -2, Number.NaN],
      i: [-5, 2 ** 31 - 1],
      b: [1, 0, 1],
      scalar: [0.25],
      none: [],
    });
    expect(file.weights.get('a')).toMatchObject({ shape: [3, 1], dtype: 'float32' });
    expect(file.topology).toEqual(topology);
  });

  it.each([1, 2, 3, 5, 7])('reads groups whose files are cut every %i bytes', async (step) => {
    const halves = new Uint8Array(Uint16Array.of(1, 65_535, 300).buffer);
    const quantization = { dtype: 'uint16', scale: 0.5, min: -1 };
    const content = Buffer.concat([floats(1, 2), halves, floats(3)]);
    const cut = Array.from({ length: Math.ceil(content.length / step) }, (_, index) =>
      content.subarray(index * step, (index + 1) * step),
    );
    const paths = cut.map((_, index) => `deep/part-${index}.bin`);
    const files = Object.fromEntries(paths.map((path, index) => [path, cut[index] as Uint8Array]));
    const weights = [f32('a', 2), { ...f32('q', 3), quantization }, f32('c', 1)];
    const weightsManifest = [
      { paths, weights },
      { paths: ['deep/empty.bin', 'deep/last.bin'], weights: [f32('d', 1)] },
    ];
    const all = { ...files, 'deep/empty.bin': new Uint8Array(), 'deep/last.bin': floats(9) };
    const file = await read({ json: { modelTopology: topology, weightsManifest }, files: all });
    expect(valuesOf(file)).toEqual({ a: [1, 2], q: [-0.5, 32_766.5, 149], c: [3], d: [9] });
  });

  it('makes numbers of bytes and halves as tfjs does', async () => {
    const content = Buffer.concat([
      Uint8Array.of(0, 1, 255),
      Uint8Array.of(0, 1, 255),
      new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000).buffer),
    ]);
    const scale = 0.013_725_490_196_078_431;
    const weights = [
      { ...f32('f', 3), quantization: { dtype: 'uint8', scale, min: -1.7 } },
      {
        name: 'i',
        shape: [3],
        dtype: 'int32',
        quantization: { dtype: 'uint8', scale: 0.5, min: -3 },
      },
      { ...f32('h', 6), quantization: { dtype: 'float16', original_dtype: 'float32' } },
    ];
    const file = await read(single(weights, content));
    expect(valuesOf(file)).toEqual({
      f: [0, 1, 255].map((value) => Math.fround(value * scale - 1.7)),
      i: [-3, -2, 125],
      h: [1, -2, 2 ** -24, 65_504, Infinity, -0],
    });
  });

  it.each([
    ['its format', { format: 'graph-model', modelTopology: topology }, 'graph-model'],
    ['a GraphDef without one', { modelTopology: { node: [], library: {} } }, 'graph-model'],
    ['a model of layers without one', { modelTopology: topology }, 'layers-model'],
    ['null for one', { format: null, modelTopology: { model_config: topology } }, 'layers-model'],
  ])('tells the format by %s', async (_name, json, format) => {
    const file = await read({ json: { ...json, weightsManifest: [], signature: { inputs: 1 } } });
    expect(file).toMatchObject({ format, topology: json.modelTopology, signature: { inputs: 1 } });
  });

  it('finds the signature where converter 1.7 put it', async () => {
    const json = { modelTopology: { node: [] }, weightsManifest: [], signature: { inputs: 1 } };
    const older = { ...json, userDefinedMetadata: { signature: { inputs: 2 } } };
    expect((await read({ json: older })).signature).toEqual({ inputs: 2 });
    const others = { ...json, userDefinedMetadata: 'mine' };
    expect((await read({ json: others })).signature).toEqual({ inputs: 1 });
  });

  it('reads what is just within its limits', async () => {
    const start = `{"modelTopology":{"a":${nested(127)}},"weightsManifest":[]`;
    const text = `${start}${' '.repeat(16 * 2 ** 20 - start.length - 1)}}`;
    expect((await read({ json: text })).weights.size).toBe(0);
    const deep = Array.from({ length: 16 }, () => 1);
    expect(valuesOf(await read(single([f32('a', ...deep)], floats(3))))).toEqual({ a: [3] });
  });

  it('keeps weights of names that objects have apart', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const file = await read(
      single(
        names.map((name) => f32(name, 1)),
        floats(1, 2, 3),
      ),
    );
    expect([...file.weights.keys()]).toEqual(names);
  });
});

const bad = (spec: object, content = floats(1)): Written =>
  single([{ ...f32('conv/kernel', 1), ...spec }], content);
const json = (weightsManifest: unknown): Written => ({
  json: { modelTopology: topology, weightsManifest },
});
const pointing = (...paths: readonly unknown[]): Written => json([{ paths, weights: [] }]);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const refused: Readonly<Record<string, [Written, RegExp]>> = {
  'no JSON': [{ json: '{' }, /model\.json: it is not valid JSON/u],
  'a list': [{ json: [] }, /not a tfjs model/u],
  'no topology': [{ json: { weightsManifest: [] } }, /at "modelTopology"/u],
  'a topology that is text': [
    { json: { modelTopology: 'x', weightsManifest: [] } },
    /at "modelTopology"/u,
  ],
  'no weightsManifest': [{ json: { modelTopology: topology } }, /at "weightsManifest"/u],
  'another format': [
    { json: { format: 'onnx', modelTopology: topology, weightsManifest: [] } },
    /format is neither/u,
  ],
  'brackets a million deep': [{ json: nested(1_000_000) }, /more than 128 deep/u],
  'brackets just too deep': [
    { json: `{"modelTopology":{"a":${nested(128)}},"weightsManifest":[]}` },
    /more than 128 deep/u,
  ],
  'a key that changes an object': [
    { json: '{"modelTopology":{"config":{"\\u005f_proto__":{"a":1}}},"weightsManifest":[]}' },
    /key "__proto__"/u,
  ],
  'more than 16 MB': [
    { json: ' '.repeat(16 * 2 ** 20) + '{}' },
    /16777218 bytes, and at most 16777216/u,
  ],
  'a size below zero': [bad({ shape: [-1] }), /weight "conv\/kernel"/u],
  'a size of a half': [bad({ shape: [0.5] }), /weight "conv\/kernel"/u],
  'a size that is text': [bad({ shape: ['1'] }), /weight "conv\/kernel"/u],
  'a size of null': [bad({ shape: [null] }), /weight "conv\/kernel"/u],
  'a size beyond what a number holds': [bad({ shape: [2 ** 60] }), /weight "conv\/kernel"/u],
  'sizes whose product is beyond what a number holds': [
    bad({ shape: Array.from({ length: 16 }, () => 2 ** 50) }),
    /"conv\/kernel" of shape .* is not all there/u,
  ],
  'sizes whose product is 0 by overflow of 32 bits': [
    bad({ shape: [65_536, 65_536] }),
    /"conv\/kernel" of shape \[65536, 65536\] is not all there/u,
  ],
  'a terabyte': [bad({ shape: [2 ** 38] }), /4 bytes instead of the 1099511627776/u],
  'seventeen dimensions': [
    bad({ shape: Array.from({ length: 17 }, () => 1) }),
    /weight "conv\/kernel"/u,
  ],
  'text for weights': [bad({ dtype: 'string' }), /weight "conv\/kernel"/u],
  'complex numbers': [bad({ dtype: 'complex64' }), /weight "conv\/kernel"/u],
  'halves of whole numbers': [
    bad({ dtype: 'int32', quantization: { dtype: 'float16' } }),
    /weight "conv\/kernel"/u,
  ],
  'quantised truths': [
    bad({ dtype: 'bool', quantization: { dtype: 'uint8', scale: 1, min: 0 } }),
    /weight "conv\/kernel"/u,
  ],
  'a scale that is infinite': [
    {
      ...bad({}),
      json: JSON.stringify(
        bad({ quantization: { dtype: 'uint8', scale: 7.5, min: 0 } }).json,
      ).replace('7.5', '1e999'),
    },
    /weight "conv\/kernel"/u,
  ],
  'no scale': [bad({ quantization: { dtype: 'uint8', min: 0 } }), /weight "conv\/kernel"/u],
  'quantisation of four bits': [
    bad({ quantization: { dtype: 'uint4', scale: 1, min: 0 } }),
    /weight "conv\/kernel"/u,
  ],
  'the same weight twice': [
    single([f32('a', 1), f32('a', 1)], floats(1, 2)),
    /the weight "a" twice/u,
  ],
  'a file that is too short': [
    single([f32('a', 1), f32('conv/kernel', 1)], floats(1).subarray(1)),
    /w\.bin: 3 bytes instead of the 8 .* "a" of shape \[1\] is not all there/u,
  ],
  'a file that is too long': [
    single([f32('a', 1)], floats(1, 2)),
    /w\.bin: 8 bytes instead of the 4/u,
  ],
  'a file without weights': [single([], floats(1)), /w\.bin: 4 bytes instead of the 0/u],
  'weights without files': [
    json([{ paths: [], weights: [f32('a', 1)] }]),
    /weight "a" of shape \[1\]/u,
  ],
  'a file that is not there': [pointing('x.bin'), /x\.bin: the weight file cannot be read/u],
  'a file that is a folder': [pointing('.'), /outside its folder|is no file/u],
  'a folder as a file': [
    { ...pointing('d'), files: { 'd/x': floats(1) } },
    /d: the weight file is no file/u,
  ],
  'the same file twice': [
    { ...pointing('w.bin', './w.bin'), files: { 'w.bin': floats(1) } },
    /"\.\/w\.bin" twice/u,
  ],
};

describe('a tfjs model that is broken or hostile', () => {
  it.each(Object.entries(refused))('is refused: %s', async (_name, [written, message]) => {
    const error: unknown = await read(written).catch((caught: unknown) => caught);
    expect(isIsometryError(error) && error.code).toBe('RUN_INVALID');
    expect((error as Error).message).toMatch(message);
  });

  it.each([
    '../secret.bin',
    'a/../../secret.bin',
    '/etc/hostname',
    String.raw`..\secret.bin`,
    String.raw`a\b.bin`,
    'C:secret.bin',
    '%2e%2e/secret.bin',
    '%2e%2e%2fsecret.bin',
    '%2fetc%2fhostname',
    '..%5csecret.bin',
    'a\0b',
    '',
  ])('reads nothing outside its folder: %j', async (path) => {
    await writeFile(join(folder, 'secret.bin'), floats(1));
    const written = json([{ paths: [path], weights: [f32('a', 1)] }]);
    await expect(read(written)).rejects.toThrow(
      expect.objectContaining({
        code: 'RUN_INVALID',
        message: expect.stringContaining('lies outside its folder'),
      }),
    );
  });

  it('follows no link out of its folder, and one that stays inside', async () => {
    await writeFile(join(folder, 'secret.bin'), floats(1));
    const out = await write(json([{ paths: ['link.bin'], weights: [f32('a', 1)] }]));
    await symlink(join(folder, 'secret.bin'), join(dirname(out), 'link.bin'));
    await expect(readTfjsModel(out)).rejects.toThrow(/"link\.bin" lies outside its folder/u);
    const inside = await write({
      ...json([{ paths: ['link.bin'], weights: [f32('a', 1)] }]),
      files: { 'own.bin': floats(4) },
    });
    await symlink('own.bin', join(dirname(inside), 'link.bin'));
    expect(valuesOf(await readTfjsModel(inside))).toEqual({ a: [4] });
  });

  it('refuses a file that is long and holds nothing', async () => {
    const path = await write(json([{ paths: ['w.bin'], weights: [f32('a', 2 ** 31 + 1)] }]));
    const sparse = await open(join(dirname(path), 'w.bin'), 'w');
    await sparse.truncate(4 * (2 ** 31 + 1));
    await sparse.close();
    await expect(readTfjsModel(path)).rejects.toThrow(/more than 2147483648 numbers/u);
  });

  it('says when it is not there or no file', async () => {
    await expect(readTfjsModel(join(folder, 'none.json'))).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
    );
    await expect(readTfjsModel(folder)).rejects.toThrow(/it is no file/u);
  });
});
