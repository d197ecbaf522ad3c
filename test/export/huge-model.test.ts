import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportModel, type ExportResult } from '@isometry/export';
import { createImageDecoder } from '@isometry/pixels';
import { createSession, loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../cli/isometry-process.ts';
import { UNIT } from './pixel-choices.ts';

/** Units of a Dense on 3,072 values: 2.2 GB of float32, in the full run. Takes a minute, 11 GB of memory and twice 2.2 GB of disk. */
const WIDTHS = process.env['ISOMETRY_FULL'] === '1' ? [180_000] : [];
const INPUTS = 32 * 32 * 3;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-huge-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a tfjs model beyond 2 GiB', () => {
  it.each(WIDTHS)(
    'of %i units is exported with its weights in a side file, and classifies',
    { timeout: 600_000 },
    async (units) => {
      const { out, files, sizeBytes } = await exportAndClassify(units);
      expect(sizeBytes).toBeGreaterThan(2 ** 31);
      expect(files).toContain(join(out, 'onnx', 'model.onnx_data'));
      expect((await readFile(join(out, 'onnx', 'model.onnx'))).length).toBeLessThan(1e6);
      expect((await stat(join(out, 'onnx', 'model.onnx_data'))).size).toBeGreaterThan(2 ** 31);
    },
  );

  it('is one file where it is small', async () => {
    const { out, files, sizeBytes } = await exportAndClassify(16);
    expect(files).not.toContain(join(out, 'onnx', 'model.onnx_data'));
    expect((await readFile(join(out, 'onnx', 'model.onnx'))).length).toBe(sizeBytes);
  });
});

async function exportAndClassify(units: number): Promise<ExportResult & { readonly out: string }> {
  const modelJson = await writeModel(units);
  const out = join(folder, `out-${units}`);
  const createAny = (model: Uint8Array | string) => createSession(model);
  const result = await exportModel(modelJson, {
    out,
    name: 'huge',
    labels: ['a', 'b'],
    embedding: 'flat',
    pixels: UNIT,
    decode: createImageDecoder(),
    createSession: createAny,
    createSessionFromFile: createAny,
  });
  expect(result.manifest.export?.proof.argmaxAgreement).toMatchObject({ agreed: 3, total: 3 });
  const classifier = await loadClassifier(out);
  expect(await classifier.health()).toMatchObject({ ok: true });
  const { predictions } = await classifier.classify(fixture('images/jpeg-420.jpg'));
  await classifier.close();
  // All weights are 0 but the last biases, 0 and ln 3.
  expect(predictions.find(({ label }) => label === 'b')?.probability).toBeCloseTo(0.75, 5);
  return { ...result, out };
}

/** A model of zeros on a sparse file. */
async function writeModel(units: number): Promise<string> {
  const layers = [
    {
      class_name: 'Flatten',
      config: { name: 'flat', batch_input_shape: [null, 32, 32, 3], dtype: 'float32' },
    },
    { class_name: 'Dense', config: { name: 'wide', units, use_bias: true } },
    { class_name: 'Dense', config: { name: 'answer', units: 2, activation: 'softmax' } },
  ];
  const shapes: readonly (readonly [string, readonly number[]])[] = [
    ['wide/kernel', [INPUTS, units]],
    ['wide/bias', [units]],
    ['answer/kernel', [units, 2]],
    ['answer/bias', [2]],
  ];
  const weights = shapes.map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  const size = 4 * (INPUTS * units + units + 2 * units + 2);
  const shard = await open(join(folder, 'weights.bin'), 'w');
  await shard.truncate(size);
  await shard.write(Buffer.from(Float32Array.of(0, Math.log(3)).buffer), 0, 8, size - 8);
  await shard.close();
  const path = join(folder, 'model.json');
  await writeFile(
    path,
    JSON.stringify({
      format: 'layers-model',
      modelTopology: { class_name: 'Sequential', config: { name: 'huge', layers } },
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    }),
  );
  return path;
}
