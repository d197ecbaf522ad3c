import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compareArrays,
  isIsometryError,
  pixelDigest,
  type IsometryError,
  type Progress,
} from '@isometry/core';
import { exportRun, type ExportResult, type ExportOptions } from '@isometry/export';
import { decodeModel, readManifest, readMetadata } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomiseWeights } from './layers-model.ts';
import { apply, buildMobileNet } from './mobilenet.ts';
import { openCpuSession, valuesOf } from './onnx-session.ts';
import { tf } from './tfjs.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const SIDE = 33;
const decode = createImageDecoder();
const ports = { createSession: openCpuSession, decode };
let folder: string;
let model: LayersModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-export-'));
  model = buildMobileNet({ side: SIDE, normalise: true });
  randomiseWeights(model, 3);
  await writeRun(join(folder, 'run'), model, draftFor(SIDE, true));
});
afterAll(() => rm(folder, { recursive: true }));

describe('exportRun to a folder', () => {
  const progress: Progress[] = [];
  let result: ExportResult;
  beforeAll(async () => {
    result = await exportRun(join(folder, 'run'), {
      ...ports,
      out: join(folder, 'toes'),
      onProgress: (step) => progress.push(step),
    });
  });

  it('writes the model and what other loaders read, and nothing else', async () => {
    expect((await readdir(join(folder, 'toes'), { recursive: true })).sort()).toEqual([
      'README.md',
      'config.json',
      'labels.txt',
      'onnx',
      join('onnx', 'model.onnx'),
      'preprocessor_config.json',
    ]);
    expect(result.files).toHaveLength(5);
    expect(result.modelPath).toBe(join(folder, 'toes', 'onnx', 'model.onnx'));
    expect(progress.map(({ stage }) => stage)).toEqual([
      'read',
      'convert',
      'prove',
      'canary',
      'write',
      'write',
    ]);
    expect(progress.at(-1)).toMatchObject({ done: 1, total: 1 });
  });

  it('writes a model that says what it is', async () => {
    const bytes = await readFile(result.modelPath);
    expect(result.sizeBytes).toBe(bytes.length);
    expect(readManifest(bytes)).toEqual(result.manifest);
    expect([...readMetadata(bytes).keys()].sort()).toEqual([
      'Image.BitmapPixelFormat',
      'Image.ColorSpaceGamma',
      'Image.NominalPixelRange',
      'isometry.manifest',
    ]);
    const { irVersion, opsets, producerName, graph } = decodeModel(bytes);
    expect({ irVersion, opsets, producerName }).toEqual({
      irVersion: 8,
      opsets: [{ domain: '', version: 17 }],
      producerName: 'isometry',
    });
    expect(graph.inputs).toEqual([
      {
        name: 'pixel_values',
        dataType: 'float32',
        denotation: 'IMAGE',
        dims: [
          { size: 'N', denotation: 'DATA_BATCH' },
          { size: 3, denotation: 'DATA_CHANNEL' },
          { size: SIDE, denotation: 'DATA_FEATURE' },
          { size: SIDE, denotation: 'DATA_FEATURE' },
        ],
      },
    ]);
    expect(graph.outputs.map(({ name, dims }) => [name, dims?.[1]?.size])).toEqual([
      ['embedding', 32],
      ['logits', 3],
      ['probabilities', 3],
      ['last_hidden_state', 32],
      ['pooler_output', 32],
    ]);
  });

  it('keeps a canary that is what tfjs makes of the same pixels', async () => {
    const { canary, pixels: spec } = result.manifest;
    const png = Buffer.from(canary?.image ?? '', 'base64');
    const decoded = await decode(png, spec);
    expect(canary?.pixelsSha256).toBe(pixelDigest(decoded.pixels));
    const image = tf.tidy(() =>
      tf.tensor(decoded.tensor, [1, 3, SIDE, SIDE]).transpose([0, 2, 3, 1]),
    );
    const [embedding] = model.predict(image) as [Tensor, Tensor];
    const expected = embedding.dataSync<'float32'>();
    // float32 sums in another order; measured over random images: 3.8e-7.
    expect(compareArrays(expected, Float32Array.from(canary!.embedding)).relativeL2).toBeLessThan(
      2e-6,
    );
  });

  it('divides the logits by the temperature and makes probabilities of them', async () => {
    const session = await openCpuSession(await readFile(result.modelPath));
    const data = Float32Array.from({ length: 3 * SIDE * SIDE }, () => 0.3);
    const outputs = await session.run({ pixel_values: { data, dims: [1, 3, SIDE, SIDE] } }, [
      ...session.outputNames,
    ]);
    await session.close();
    const predicted = model.predict(tf.tensor(data, [1, SIDE, SIDE, 3])) as [Tensor, Tensor];
    const logits = predicted[1].div(1.7);
    const compare = (name: string, tensor: Tensor): number =>
      compareArrays(tensor.dataSync<'float32'>(), valuesOf(outputs, name)).maxAbs;
    expect(compare('logits', logits)).toBeLessThan(1e-5);
    expect(compare('probabilities', logits.softmax())).toBeLessThan(1e-5);
    expect(outputs['last_hidden_state']).toEqual(outputs['embedding']);
    expect(outputs['pooler_output']).toEqual(outputs['embedding']);
  });

  it('writes the loaders’ files as transformers.js and optimum want them', async () => {
    expect(JSON.parse(await readExported('config.json'))).toEqual({
      model_type: 'mobilenet_v1',
      architectures: ['MobileNetV1ForImageClassification'],
      image_size: SIDE,
      num_channels: 3,
      id2label: { 0: 'corn', 1: 'normal skin', 2: 'wart' },
      label2id: { corn: 0, 'normal skin': 1, wart: 2 },
    });
    expect(JSON.parse(await readExported('preprocessor_config.json'))).toEqual({
      image_processor_type: 'DonutImageProcessor',
      do_resize: true,
      do_thumbnail: true,
      do_align_long_axis: false,
      do_pad: true,
      size: { height: SIDE, width: SIDE },
      resample: 2,
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: [0.5, 0.5, 0.5],
      image_std: [0.5, 0.5, 0.5],
      do_convert_rgb: true,
    });
    expect(await readExported('labels.txt')).toBe('corn\nnormal skin\nwart\n');
    const card = await readExported('README.md');
    expect(card).toMatch(/^---\nlibrary_name: onnx\n/u);
    expect(card).toContain(String.raw`# toes \| \*of\* three kinds`);
    expect(card).toContain('90 % (95 % interval 80 % to 95.5 %, wilson)');
    expect(card).toContain('decode and resize in their own way');
  });

  it('replaces its own files, leaves others alone and gives the same bytes again', async () => {
    await writeFile(join(folder, 'toes', 'notes.txt'), 'mine');
    const again = await exportRun(join(folder, 'run'), { ...ports, out: join(folder, 'toes') });
    expect(again.modelDigest).toBe(result.modelDigest);
    expect(await readFile(join(folder, 'toes', 'notes.txt'), 'utf8')).toBe('mine');
    expect(await readdir(join(folder, 'toes'))).toHaveLength(6);
  });
});

describe('exportRun to a file', () => {
  it('writes that file only', async () => {
    const out = join(folder, 'new', 'deep', 'toes.onnx');
    const { files, modelDigest } = await exportRun(join(folder, 'run'), { ...ports, out });
    expect(files).toEqual([out]);
    expect(await readdir(join(folder, 'new', 'deep'))).toEqual(['toes.onnx']);
    expect(modelDigest).toMatch(/^[0-9a-f]{64}$/u);
  });
});

describe('a run that cannot be exported', () => {
  it('because a layer is unsupported: all of them are listed', async () => {
    const image = tf.input({ shape: [8, 8, 3] });
    const masked = apply(tf.layers.masking({ name: 'mask' }), image);
    const first = tf.layers.conv2d({
      filters: 2,
      kernelSize: 3,
      dataFormat: 'channelsFirst',
      name: 'first',
    });
    const rows = tf.layers.timeDistributed({ layer: tf.layers.flatten(), name: 'rows' });
    const flat = apply(tf.layers.flatten(), apply(rows, apply(first, masked)));
    const embedding = apply(tf.layers.dense({ units: 32, name: 'embedding' }), flat);
    const logits = apply(tf.layers.dense({ units: 3, name: 'logits' }), embedding);
    const other = tf.model({ inputs: image, outputs: [embedding, logits] });
    const error = await failure((run) => writeRun(run, other, draftFor(8, false)));
    expect(error.code).toBe('LAYER_UNSUPPORTED');
    expect(error.message).toContain('"mask" (Masking)');
    expect(error.message).toContain('"first" (Conv2D): data_format');
    expect(error.message).toContain('"rows" (TimeDistributed)');
    expect(error.details['layers']).toMatchObject([
      { name: 'mask', className: 'Masking', config: { mask_value: 0 } },
      { name: 'first', className: 'Conv2D', config: { filters: 2, data_format: 'channels_first' } },
      { name: 'rows', className: 'TimeDistributed' },
    ]);
  });

  const damages: Readonly<Record<string, [(run: string) => Promise<unknown>, string, RegExp]>> = {
    'because the weights were cut': [
      (run) => truncate(join(run, 'weights-2.bin'), 5000),
      'RUN_INVALID',
      /weights-1\.bin, weights-2\.bin: 6001 bytes instead of the \d+/u,
    ],
    'because a weight file is missing': [
      (run) => rm(join(run, 'weights-1.bin')),
      'RUN_INVALID',
      /weights-1\.bin: the weight file cannot be read/u,
    ],
    'because model.json is cut': [
      (run) => truncate(join(run, 'model.json'), 1000),
      'RUN_INVALID',
      /model\.json: it is not valid JSON/u,
    ],
    'because model.json is another file': [
      (run) => writeJson(join(run, 'model.json'), { format: 'graph-model' }),
      'RUN_INVALID',
      /not a tfjs model \(at "modelTopology"/u,
    ],
    'because model.json points elsewhere': [
      (run) =>
        writeJson(join(run, 'model.json'), {
          modelTopology: {},
          weightsManifest: [{ paths: ['../../../secret'], weights: [] }],
        }),
      'RUN_INVALID',
      /lies outside its folder/u,
    ],
    'because run.json is missing': [
      (run) => rm(join(run, 'run.json')),
      'FILE_NOT_FOUND',
      /no file .*run\.json/u,
    ],
    'because run.json is not a run': [
      (run) => writeJson(join(run, 'run.json'), { version: 2 }),
      'RUN_INVALID',
      /not a training run of version 1/u,
    ],
    'because the manifest is not valid': [
      (run) =>
        writeJson(join(run, 'run.json'), {
          version: 1,
          manifest: { ...draftFor(33, true), labels: [] },
        }),
      'RUN_INVALID',
      /"labels"/u,
    ],
    'because manifest and network differ in size': [
      (run) => writeJson(join(run, 'run.json'), { version: 1, manifest: draftFor(64, true) }),
      'RUN_INVALID',
      /wants "pixel_values" of shape \[N, 3, 64, 64\], the network has \[N, 3, 33, 33\]/u,
    ],
    'because manifest and network differ in normalisation': [
      (run) => writeJson(join(run, 'run.json'), { version: 1, manifest: draftFor(33, false) }),
      'RUN_INVALID',
      /not normalised/u,
    ],
  };

  it.each(Object.entries(damages))('%s', async (_name, [damage, code, message]) => {
    const error = await failure(damage);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });

  it('because its weights are not finite', async () => {
    const broken = buildMobileNet({ side: SIDE, normalise: true });
    broken.setWeights(broken.getWeights().map((weight) => tf.fill(weight.shape, Number.NaN)));
    const error = await failure((run) => writeRun(run, broken, draftFor(SIDE, true)));
    expect(error.code).toBe('INFERENCE_FAILED');
    expect(error.message).toMatch(/is not finite/u);
  });

  it.each(['read', 'convert', 'prove', 'canary', 'write'])(
    'because it was aborted at %s',
    async (stage) => {
      const abort = new AbortController();
      const error = await failure(() => Promise.resolve(), {
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) abort.abort();
        },
      });
      expect(error.code).toBe('ABORTED');
    },
  );

  it('because the place is taken by a file, or a file by a folder', async () => {
    const place = await mkdtemp(join(folder, 'taken-'));
    await writeFile(join(place, 'file'), 'mine');
    await mkdir(join(place, 'README.md'));
    const write = (out: string): Promise<unknown> =>
      exportRun(join(folder, 'run'), { ...ports, out });
    const refusal = expect.objectContaining({ code: 'FILE_WRITE_FAILED' }) as Error;
    await expect(write(join(place, 'file'))).rejects.toThrow(refusal);
    await expect(write(join(place, 'file', 'model.onnx'))).rejects.toThrow(refusal);
    await expect(write(place)).rejects.toThrow(refusal);
    expect((await readdir(place)).sort()).toEqual(['README.md', 'file']);
  });
});

function readExported(name: string): Promise<string> {
  return readFile(join(folder, 'toes', name), 'utf8');
}

/** Damages a copy of the run, exports it, and checks that nothing was written. */
async function failure(
  damage: (run: string) => Promise<unknown>,
  options: Partial<ExportOptions> = {},
): Promise<IsometryError> {
  const place = await mkdtemp(join(folder, 'broken-'));
  const run = join(place, 'run');
  await writeRun(run, model, draftFor(SIDE, true));
  await damage(run);
  const out = join(place, 'out', 'deep');
  const error: unknown = await exportRun(run, { ...ports, out, ...options }).catch(
    (caught: unknown) => caught,
  );
  expect(await readdir(place)).toEqual(['run']);
  if (!isIsometryError(error)) throw new TypeError('no coded error', { cause: error });
  return error;
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, JSON.stringify(value));
}
