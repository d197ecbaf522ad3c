import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@isometry/core';
import { exportRun } from '@isometry/export';
import { decodeModel, readMetadata } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import { createSession } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE_MODELS, MANIFEST, SIDE_FILE } from './base-models.ts';
import { baseRuns, type RunFiles } from './base-runs.ts';
import { plain, type HostileRun } from './mutate-run.ts';
import { parseFields, writeFields, type ProtobufField } from './protobuf-tree.ts';
import { endingOf } from './target.ts';

/** Every input that once ended in anything else than it should: an error of somebody else's, a flood, or acceptance. */
let folder: string;
let runs: readonly RunFiles[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-found-'));
  runs = await baseRuns();
});
afterAll(() => rm(folder, { recursive: true }));

const FUNCTIONAL = 0;
const NESTED = 1;
const GRAPH = 3;

describe('run folders', () => {
  const decode = createImageDecoder();

  async function put(place: string, { modelJson, runJson, shards }: HostileRun): Promise<string> {
    const run = join(place, 'run');
    await mkdir(run, { recursive: true });
    await writeFile(join(run, 'model.json'), modelJson);
    await writeFile(join(run, 'run.json'), runJson);
    for (const [shard, content] of shards) {
      // oxlint-disable-next-line no-await-in-loop
      if (content instanceof Uint8Array) await writeFile(join(run, shard), content);
    }
    return run;
  }

  it('a softmax inside a Dense is proven at a temperature', async () => {
    const place = join(folder, 'softmax');
    const run = await put(place, plain(runs[NESTED] as RunFiles));
    const out = join(place, 'model.onnx');
    const { manifest } = await exportRun(run, { out, createSession, decode });
    expect(manifest.calibration?.temperature).toBe(1.7);
    // First nothing but the embedding was compared, then its logits were taken for sigmoids.
    expect(Object.keys(manifest.export?.proof.outputs ?? {})).toEqual([
      'embedding',
      'probabilities',
    ]);
  });

  it.each<[string, number, string, string]>([
    [
      'a graph that TensorFlow.js loads and does not run: strides and dilations',
      GRAPH,
      '"dilations":{"list":{"i":["1","1","1","1"]}}',
      '"dilations":{"list":{"i":["1","1","1","2147483648"]}}',
    ],
    ['a thousand biases', GRAPH, '"num_args":{"i":"1"}', '"num_args":{"i":"1000"}'],
    ['a batch of -2', GRAPH, '"dim":[{"size":"-1"}', '"dim":[{"size":"-2"}'],
    ['a long input', GRAPH, '"input":["image",', `"input":["${'a'.repeat(100_000)}",`],
    ['an input of a type that is an object', NESTED, '"dtype":"float32"', '"dtype":{}'],
    ['an input of an infinite type', FUNCTIONAL, '"dtype":"float32"', '"dtype":1e999'],
    ['weights that are truth values', FUNCTIONAL, '"dtype":"float32"}]', '"dtype":"bool"}]'],
  ])('%s', async (name, base, from, to) => {
    const { modelJson, runJson, shards } = plain(runs[base] as RunFiles);
    expect(modelJson).toContain(from);
    const place = join(folder, name);
    const run = await put(place, { modelJson: modelJson.replace(from, to), runJson, shards });
    const out = join(place, 'out');
    const error: unknown = await exportRun(run, { out, createSession, decode }).catch(
      (thrown: unknown) => thrown,
    );
    expect(endingOf(error)).toMatchObject({
      ending: expect.stringMatching(/^(?:RUN_INVALID|LAYER_UNSUPPORTED)$/u),
    });
    expect(await readdir(place)).toEqual(['run']);
  });
});

describe('manifests', () => {
  const json = JSON.stringify(MANIFEST);

  it.each<[string, string, string]>([
    // Collecting the mistakes overflowed the call stack.
    [
      '300,000 hyperparameters that are none',
      '"epochs":3',
      Array.from({ length: 300_000 }, (_, index) => `"${index}":{}`).join(),
    ],
    // Above 0, and infinite once it divides float32.
    ['a standard deviation of 1e-320', '"std":[0.5,', '"std":[1e-320,'],
    ['a temperature of 1e-320', '"temperature":1.7', '"temperature":1e-320'],
    ['a mean beyond float32', '"mean":[0.5,', '"mean":[1e300,'],
    ['a key of 100,000 characters', '"epochs":3', `"${'k'.repeat(100_000)}":[]`],
    // Was called a later version.
    ['an infinite version', '"version":1,', '"version":1e999,'],
  ])('%s', (_name, from, to) => {
    expect(json).toContain(from);
    const thrown = ((): unknown => {
      try {
        return parseManifest(json.replace(from, to));
      } catch (error) {
        return error;
      }
    })();
    expect(endingOf(thrown).ending).toBe('MANIFEST_INVALID');
  });
});

describe('models', () => {
  const [file = new Uint8Array()] = BASE_MODELS;
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  const entry = (key: string, value: string): ProtobufField => ({
    number: 14,
    wire: 2,
    content: [
      { number: 1, wire: 2, content: utf8(key) },
      { number: 2, wire: 2, content: utf8(value) },
    ],
  });

  it('keys that only a byte order mark tells apart are two', () => {
    const fields = [...parseFields(file), entry('\ufeffkey', 'other')];
    const metadata = readMetadata(writeFields(fields));
    expect([metadata.get('key'), metadata.get('\ufeffkey')]).toEqual(['value', 'other']);
  });

  it('raw data of another wire type is none', () => {
    const fields = parseFields(file);
    const graph = fields.find(({ number }) => number === 7)?.content as ProtobufField[];
    const scalar = graph.findLast(({ type }) => type === 'tensor')?.content as ProtobufField[];
    const raw = scalar.find(({ number }) => number === 9) as ProtobufField;
    // The four bytes of one float, as a 32-bit number: no parser of protobuf takes it for bytes.
    raw.wire = 5;
    expect(() => decodeModel(writeFields(fields))).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    );
  });

  it('a shape of a hundred thousand sizes does not flood the message', () => {
    const fields = parseFields(file);
    const graph = fields.find(({ number }) => number === 7)?.content as ProtobufField[];
    const tensor = graph.find(({ type }) => type === 'tensor')?.content as ProtobufField[];
    const dims = tensor.find(({ number }) => number === 1) as ProtobufField;
    dims.content = new Uint8Array(100_000).fill(1);
    expect(() => decodeModel(writeFields(fields))).toThrow(/has 100000 dimensions\.$/);
  });

  it('values that are in the file and in a side file are refused', () => {
    const typed = BASE_MODELS[1] ?? new Uint8Array();
    const readExternal = ({ offset, length }: { offset: number; length: number }): Uint8Array =>
      SIDE_FILE.subarray(offset, offset + length);
    expect(decodeModel(typed, { readExternal }).graph.initializers).toHaveLength(8);
    const fields = parseFields(typed);
    const graph = fields.find(({ number }) => number === 7)?.content as ProtobufField[];
    const outside = graph.findLast(({ type }) => type === 'tensor')?.content as ProtobufField[];
    outside.push({ number: 9, wire: 2, content: new Uint8Array(16) });
    expect(() => decodeModel(writeFields(fields), { readExternal })).toThrow(/its values twice/);
  });
});
