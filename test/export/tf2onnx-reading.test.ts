import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { convertByTf2onnx, findTf2onnx } from '@isometry/export';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { judgesPython, whyNoTf2onnx } from '../judges.ts';
import { L2Normalize } from './l2-normalize-layer.ts';
import { randomiseWeights } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { MeanOverViews, OrientationViews } from './orientation-layers.ts';
import { tf } from './tfjs.ts';
import { compareConverters } from './tf2onnx-model.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const SIDE = 9;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-tf2onnx-read-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(({ skip }) => {
  const why = whyNoTf2onnx();
  skip(why !== undefined, why);
});

/** Our own layers, a model in a model in a model, and a layer that is called twice. */
function buildModel(): LayersModel {
  const image = tf.input({ shape: [SIDE, SIDE, 3], name: 'pixel_values' });
  const views = apply(new OrientationViews({ name: 'views' }), image);
  const convolution = tf.layers.conv2d({
    filters: 4,
    kernelSize: 3,
    activation: 'relu',
    inputShape: [SIDE, SIDE, 3],
    name: 'inner_conv',
  });
  const stack = tf.sequential({ name: 'stack', layers: [convolution, tf.layers.batchNormalization({ name: 'inner_bn' })] }); // prettier-ignore
  const middle = tf.input({ shape: [SIDE, SIDE, 3], name: 'middle_in' });
  const outer = tf.model({
    name: 'outer',
    inputs: middle,
    outputs: apply(tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }), call(stack, middle)),
  });
  const features = apply(tf.layers.flatten({ name: 'flat' }), call(outer, views));
  const first = apply(tf.layers.dense({ units: 6, name: 'first' }), features);
  const shared = tf.layers.dense({ units: 6, activation: 'tanh', name: 'shared' });
  const vector = apply(shared, apply(shared, first));
  const mean = apply(new MeanOverViews({ name: 'mean' }), vector);
  const embedding = apply(new L2Normalize({ name: 'embedding' }), mean);
  const logits = apply(tf.layers.dense({ units: 3, name: 'logits' }), embedding);
  const model = tf.model({ inputs: image, outputs: [embedding, logits] });
  randomiseWeights(model, 6);
  return model;
}

function call(model: LayersModel, input: SymbolicTensor): SymbolicTensor {
  return model.apply(input) as SymbolicTensor;
}

interface Document {
  format?: string;
  modelTopology: {
    config: { layers: { name: string; class_name: string; config: Record<string, unknown> }[] };
  };
  weightsManifest: {
    paths: string[];
    weights: { name: string; shape: number[]; dtype: string; quantization?: object }[];
  }[];
}

type Weight = Document['weightsManifest'][number]['weights'][number];

/** It has a file of its own. */
function firstWeight([group]: Document['weightsManifest']): Weight {
  const [weight] = group?.weights ?? [];
  if (weight === undefined) throw new TypeError('no weight');
  return weight;
}

/** A run with its model.json changed. */
async function changedRun(name: string, change: (document: Document) => void): Promise<string> {
  const run = join(folder, name);
  await writeRun(run, buildModel(), draftFor(SIDE, true));
  const path = join(run, 'model.json');
  const document = JSON.parse(await readFile(path, 'utf8')) as Document;
  change(document);
  await writeFile(path, JSON.stringify(document));
  return run;
}

describe('the reader of tf2onnx’ side', () => {
  it(
    'takes our layers, nested models, shared layers and quantised weights',
    { timeout: 120_000 },
    async () => {
      const run = await changedRun('whole', (document) => {
        delete document.format;
        const quantization = { dtype: 'uint8', scale: 0.01, min: -1.28, original_dtype: 'float32' };
        firstWeight(document.weightsManifest).quantization = quantization;
      });
      const document = JSON.parse(await readFile(join(run, 'model.json'), 'utf8')) as Document;
      const count = firstWeight(document.weightsManifest).shape.reduce((a, b) => a * b, 1);
      const bytes = Uint8Array.from({ length: count }, (_, at) => (at * 97) % 256);
      await writeFile(join(run, 'first.bin'), bytes);
      const { native, theirs, outputs } = await compareConverters(run, {
        batch: 3,
        seed: 9,
        layers: ['mean', 'embedding'],
      });
      // The layer that is asked for, after the model's own.
      const mean = { name: 'mean', dataType: 'float32', dims: [{ size: 'N' }, { size: 6 }] };
      expect(theirs.graph.outputs).toEqual([...native.graph.outputs, mean]);
      expect(outputs.at(-1)).toMatchObject({ name: 'mean', dims: [3, 6], nativeDims: undefined });
      for (const { maxAbs } of outputs.slice(0, -1)) {
        // Measured: 1.2e-7.
        expect(maxAbs).toBeLessThan(2e-6);
      }
    },
  );

  it('names a layer that it does not find', async () => {
    const run = await changedRun('layer', () => {});
    const options = { python: judgesPython(), layers: ['inner_conv'] };
    await expect(convertByTf2onnx(join(run, 'model.json'), options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      details: { failure: 'layer-missing', layer: 'inner_conv' },
    });
  });

  it('finds tf2onnx, and says which', async () => {
    const versions = await findTf2onnx({ python: judgesPython() });
    expect(versions).toMatchObject({ tf2onnx: '1.17.0', tensorflow: '2.15.1', numpy: '1.26.4' });
  });

  /** A layer whose config is a program: what runs it writes a file. */
  const lambda = {
    class_name: 'Lambda',
    name: 'lambda',
    config: { function: ['4wAAAA==', null, null], function_type: 'lambda', name: 'lambda' },
  };

  it.each<[string, (document: Document) => void, object]>([
    [
      'a graph model',
      (document) => (document.format = 'graph-model'),
      { code: 'OPTION_INVALID', details: { failure: 'graph-model' } },
    ],
    [
      'layers that are programs, and all others that are unknown',
      ({ modelTopology: { config } }) => {
        Object.assign(config.layers[1] as object, lambda);
        (config.layers[2] as { class_name: string }).class_name = 'TFOpLambda';
      },
      {
        code: 'LAYER_UNSUPPORTED',
        details: {
          failure: 'layer-unknown',
          layers: [
            { name: 'lambda', className: 'Lambda' },
            { name: 'outer', className: 'TFOpLambda' },
          ],
        },
      },
    ],
    [
      'a layer that is hidden in another’s config',
      ({ modelTopology: { config } }) => {
        (config.layers[1] as { config: object }).config = { layer: lambda };
      },
      { code: 'LAYER_UNSUPPORTED' },
    ],
    [
      'a config of Keras 3',
      ({ modelTopology: { config } }) => {
        (config.layers[0] as { config: object }).config = { batch_shape: [null, SIDE, SIDE, 3] };
      },
      { code: 'RUN_INVALID', details: { failure: 'keras-3-config' } },
    ],
    [
      'weights outside the folder',
      ({ weightsManifest }) =>
        ((weightsManifest[0] as { paths: string[] }).paths = ['../first.bin']),
      { code: 'RUN_INVALID', message: 'The weight file "../first.bin" lies outside its folder.' },
    ],
    [
      'weights that are not there',
      ({ weightsManifest }) => ((weightsManifest[1] as { paths: string[] }).paths = ['absent.bin']),
      {
        code: 'RUN_INVALID',
        message: 'The weight file "absent.bin" cannot be read (No such file or directory).',
      },
    ],
    [
      'weights that are too few',
      ({ weightsManifest }) => weightsManifest[1]?.paths.pop(),
      { code: 'RUN_INVALID', message: expect.stringContaining('end within') as string },
    ],
    [
      'weights of a size below zero',
      ({ weightsManifest }) => (firstWeight(weightsManifest).shape = [-3]),
      { code: 'RUN_INVALID' },
    ],
    [
      'weights of a type that nobody has',
      ({ weightsManifest }) => (firstWeight(weightsManifest).dtype = 'complex64'),
      { code: 'RUN_INVALID', message: expect.stringContaining('complex64') as string },
    ],
    [
      'a topology that is none',
      (document) => Object.assign(document, { modelTopology: { config: 7 } }),
      { code: 'RUN_INVALID', message: 'Its topology is not a model of layers.' },
    ],
    [
      'a model without layers',
      ({ modelTopology: { config } }) => (config.layers = []),
      { code: 'RUN_INVALID', message: 'The model has no layers.' },
    ],
  ])('refuses %s', async (title, change, error) => {
    const run = await changedRun(title, change);
    await expect(
      convertByTf2onnx(join(run, 'model.json'), { python: judgesPython() }),
    ).rejects.toMatchObject(error);
  });

  it.each([
    ['a file that is not there', 'absent', undefined, 'FILE_NOT_FOUND'],
    ['half a file', 'half', '{"modelTopology":{"config', 'RUN_INVALID'],
    ['a file of brackets', 'deep', '['.repeat(100_000), 'RUN_INVALID'],
    ['a list', 'list', '[]', 'RUN_INVALID'],
  ])('refuses %s', async (_, name, text, code) => {
    const path = join(folder, `${name}.json`);
    if (text !== undefined) await writeFile(path, text);
    await expect(convertByTf2onnx(path, { python: judgesPython() })).rejects.toMatchObject({
      code,
    });
  });

  it('leaves nothing when Isometry itself is killed', { timeout: 60_000 }, async () => {
    const run = await changedRun('killed', () => {});
    const scratch = join(folder, 'scratch');
    await mkdir(scratch);
    const program = `
      process.env.TMPDIR = ${JSON.stringify(scratch)};
      const { convertByTf2onnx } = await import(${JSON.stringify(import.meta.resolve('@isometry/export'))});
      await convertByTf2onnx(${JSON.stringify(join(run, 'model.json'))}, {
        python: ${JSON.stringify(judgesPython())},
        onProgress: ({ stage }) => process.stdout.write(stage + '\\n'),
      });`;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=@isometry/source', '--input-type=module', '-e', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let told = '';
    for await (const chunk of child.stdout) {
      told += String(chunk);
      if (told.includes('tensorflow')) break;
    }
    const [name = ''] = await readdir(scratch);
    expect(name).toMatch(/^isometry-tf2onnx-/u);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const started = performance.now();
    while (existsSync(join(scratch, name)) && performance.now() - started < 20_000) await sleep(50);
    expect(await readdir(scratch)).toEqual([]);
  });
});
