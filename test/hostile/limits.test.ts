import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest, serializeManifest, type Manifest } from '@isometry/core';
import { convertLayersModel, readTfjsModel } from '@isometry/export';
import {
  decodeModel,
  encodeModel,
  floatTensor,
  readMetadata,
  type OnnxGraph,
  type OnnxModel,
} from '@isometry/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANIFEST } from './base-models.ts';
import { endingOf } from './target.ts';

const graph: OnnxGraph = {
  name: 'g',
  nodes: [{ name: 'n', opType: 'Identity', inputs: ['x'], outputs: ['y'] }],
  initializers: [],
  inputs: [],
  outputs: [{ name: 'y', dataType: 'float32' }],
};

function modelWith(
  change: Partial<OnnxGraph>,
  metadata: OnnxModel['metadata'] = new Map(),
): Uint8Array {
  return encodeModel({
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    metadata,
    graph: { ...graph, ...change },
  });
}

/** `ok`, or the code of the error. */
function ending(read: () => unknown): string {
  try {
    read();
    return 'ok';
  } catch (error) {
    return endingOf(error).ending;
  }
}

function nested(depth: number): OnnxGraph {
  if (depth === 1) return graph;
  const value = nested(depth - 1);
  const attributes = [{ name: 'g', type: 'graph', value }] as const;
  return {
    ...graph,
    nodes: [{ name: 'if', opType: 'If', inputs: [], outputs: ['y'], attributes }],
  };
}

function ints(count: number): Partial<OnnxGraph> {
  const value = new Array<number>(count).fill(1);
  const attributes = [{ name: 'i', type: 'ints', value }] as const;
  return { nodes: [{ name: 'n', opType: 'Op', inputs: [], outputs: [], attributes }] };
}

/** Operator sets of four bytes each: the cheapest part there is. */
function withOpsets(count: number): Uint8Array {
  const model = modelWith({});
  const bytes = new Uint8Array(model.length + count * 4);
  bytes.set(model);
  for (let at = model.length; at < bytes.length; at += 4) bytes.set([0x42, 2, 0x10, 17], at);
  return bytes;
}

function entriesOf(length: number, entries = 1): OnnxModel['metadata'] {
  const each = Math.floor(length / entries);
  return new Map(Array.from({ length: entries }, (_, index) => [`${index}`, 'v'.repeat(each)]));
}

describe('a model at a limit is read, and one beyond it refused', () => {
  it.each<[string, () => Uint8Array, () => Uint8Array]>([
    ['32 graphs deep', () => modelWith(nested(32)), () => modelWith(nested(33))],
    ['two million integers', () => modelWith(ints(2_000_000)), () => modelWith(ints(2_000_001))],
    [
      '16 MB of metadata',
      () => modelWith({}, entriesOf(15_999_980)),
      () => modelWith({}, entriesOf(16_000_000)),
    ],
    [
      '10,000 entries of metadata',
      () => modelWith({}, entriesOf(10_000, 10_000)),
      () => modelWith({}, entriesOf(10_001, 10_001)),
    ],
    [
      '64 dimensions',
      () => modelWith({ initializers: [floatTensor('t', new Array<number>(64).fill(1), [1])] }),
      () => modelWith({ initializers: [floatTensor('t', new Array<number>(65).fill(1), [1])] }),
    ],
    [
      'a text of 16 MB',
      () => modelWith({ docString: 'd'.repeat(16_000_000) }),
      () => modelWith({ docString: 'd'.repeat(16_000_001) }),
    ],
    // A node with an input and an output, the graph's output and an operator set are five.
    ['a million parts', () => withOpsets(999_995), () => withOpsets(999_996)],
  ])('%s', (_name, at, beyond) => {
    const bytes = at();
    expect(ending(() => decodeModel(bytes))).toBe('ok');
    expect(ending(() => readMetadata(bytes))).toBe('ok');
    expect(ending(() => decodeModel(beyond()))).toBe('MODEL_INVALID');
  });

  it('the size that the caller allows', () => {
    const bytes = modelWith({});
    expect(ending(() => decodeModel(bytes, { maxBytes: bytes.length }))).toBe('ok');
    expect(ending(() => decodeModel(bytes, { maxBytes: bytes.length - 1 }))).toBe(
      'MODEL_TOO_LARGE',
    );
    expect(ending(() => readMetadata(bytes, { maxBytes: bytes.length - 1 }))).toBe(
      'MODEL_TOO_LARGE',
    );
  });
});

describe('a manifest at a limit is read, and one beyond it refused', () => {
  const { pixels } = MANIFEST;
  const labels = (count: number, length = 1): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${index}`.padStart(length, '-'));
  const embedding = (size: number): Partial<Manifest> => ({
    embedding: { ...MANIFEST.embedding, size },
    canary:
      MANIFEST.canary === null ? null : { ...MANIFEST.canary, embedding: labels(size).map(Number) },
  });

  it.each<[string, Partial<Manifest>, Partial<Manifest>]>([
    ['100,000 labels', { labels: labels(100_000) }, { labels: labels(100_001) }],
    ['10,000 labels of 200', { labels: labels(10_000, 200) }, { labels: labels(10_000, 201) }],
    ['a canary of 65,536', embedding(65_536), embedding(65_537)],
    [
      '4,096 x 4,096 pixels',
      { pixels: { ...pixels, width: 4096, height: 4096 } },
      { pixels: { ...pixels, width: 4097, height: 4096 } },
    ],
    ['a licence of 100,000', { license: 'l'.repeat(100_000) }, { license: 'l'.repeat(100_001) }],
    [
      // 200 characters, two quotes, a comma: 19,600 of them are 3,978,800 of the four million.
      'four million characters',
      { labels: labels(19_600, 200) },
      { labels: labels(19_800, 200) },
    ],
    [
      'the smallest divisors',
      {
        pixels: { ...pixels, std: [1e-6, 1e-6, 1e-6] },
        calibration: { temperature: 1e-6, method: '' },
      },
      { pixels: { ...pixels, std: [9e-7, 1, 1] } },
    ],
  ])('%s', (_name, at, beyond) => {
    const manifest = { ...MANIFEST, ...at };
    expect(parseManifest(serializeManifest(manifest))).toEqual(manifest);
    expect(ending(() => parseManifest(JSON.stringify({ ...MANIFEST, ...beyond })))).toBe(
      'MANIFEST_INVALID',
    );
  });
});

describe('a model.json at a limit is read, and one beyond it refused', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-limits-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read(json: string): Promise<string> {
    await writeFile(join(folder, 'model.json'), json);
    return readTfjsModel(join(folder, 'model.json')).then(
      () => 'ok',
      (error: unknown) => endingOf(error).ending,
    );
  }
  const bare = '{"modelTopology":{"class_name":"Sequential","config":[]},"weightsManifest":[]}';
  const deep = (depth: number): string =>
    bare.replace('[]', `${'['.repeat(depth)}${']'.repeat(depth)}`);

  it('16 MiB of JSON', async () => {
    expect(await read(bare.padEnd(16 * 2 ** 20))).toBe('ok');
    expect(await read(bare.padEnd(16 * 2 ** 20 + 1))).toBe('RUN_INVALID');
  });

  it('128 brackets in each other', async () => {
    // In the outermost object and the topology's.
    expect(await read(deep(127))).toBe('ok');
    expect(await read(deep(128))).toBe('RUN_INVALID');
  });

  const stack = (layers: readonly object[]): object => ({
    class_name: 'Sequential',
    config: { name: 'stack', layers },
  });
  const relu = (name: string): object => ({ class_name: 'ReLU', config: { name } });
  const first = {
    class_name: 'ReLU',
    config: { name: 'first', batch_input_shape: [null, 8, 8, 3] },
  };
  const convert = (topology: object): string =>
    ending(() => convertLayersModel({ topology, weights: new Map() }));

  it('sixteen models deep in the model', () => {
    const nest = (depth: number): object => stack([depth === 1 ? first : nest(depth - 1)]);
    expect(convert(nest(17))).toBe('ok');
    expect(convert(nest(18))).toBe('RUN_INVALID');
  });

  it('15,000 layers', () => {
    const layers = (count: number): object =>
      stack([first, ...Array.from({ length: count - 1 }, (_, index) => relu(`relu${index}`))]);
    expect(convert(layers(14_998))).toBe('ok');
    expect(convert(layers(15_002))).toBe('RUN_INVALID');
  });
});
