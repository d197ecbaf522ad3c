import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest, PixelSpec, Precision } from '@isometry/core';
import { exportRun, type ExportImage, type ExportImages } from '@isometry/export';
import { createImageDecoder } from '@isometry/pixels';
import { createSession } from '@isometry/runtime-node';
import { makeModel } from '../../scripts/make-models.mjs';
import { makeSyntheticImages, syntheticCounts } from '../../scripts/synthetic-images.mjs';

/** A really trained model, as `isometry export RUN --out FOLDER` leaves it. */
export interface ExportedFolder {
  readonly path: string;
  readonly manifest: Manifest;
  /** The model files that are there, by transformers.js' word for their precision. */
  readonly models: ReadonlyMap<Dtype, string>;
}

/** The names that transformers.js looks for: a contract with other people's code. */
const MODEL_NAMES = {
  fp32: 'model.onnx',
  fp16: 'model_fp16.onnx',
  q8: 'model_quantized.onnx',
} as const;

export type Dtype = keyof typeof MODEL_NAMES;

/** What a test changes of the run before it is exported. */
export interface RunChange {
  readonly labels?: readonly string[];
  readonly pixels?: Partial<PixelSpec>;
  /** @defaultValue fp32 alone */
  readonly precisions?: readonly Precision[];
}

/** What int8 is calibrated on: enough for the file to be whole, not to be good. */
const CALIBRATION_IMAGES = 24;

/** Exports a briefly trained MobileNet (64 px, three labels) into `folder`. */
export async function exportFolder(
  folder: string,
  change: RunChange = {},
): Promise<ExportedFolder> {
  const run = join(folder, 'run');
  await mkdir(folder, { recursive: true });
  await cp(join(dirname(await makeModel('lifted-64')), 'run'), run, { recursive: true });
  await changeRun(join(run, 'run.json'), change);
  const out = join(folder, 'exported');
  const ports = { createSession, decode: createImageDecoder() };
  const { precisions } = change;
  const images = precisions?.includes('int8') === true ? await drawImages(folder) : undefined;
  const { manifest } = await exportRun(run, { ...ports, out, precisions, images });
  const files = await readdir(join(out, 'onnx'));
  const known = Object.entries(MODEL_NAMES).filter(([, name]) => files.includes(name));
  if (known.length !== files.length) throw new TypeError(`Nobody looks for ${files.join(', ')}`);
  return {
    path: out,
    manifest,
    models: new Map(known.map(([dtype, name]) => [dtype as Dtype, join(out, 'onnx', name)])),
  };
}

async function drawImages(folder: string): Promise<ExportImages> {
  const out = join(folder, 'images');
  await makeSyntheticImages({ out, seed: 21, counts: syntheticCounts(CALIBRATION_IMAGES) });
  const files = await readdir(out, { recursive: true });
  const calibration = files
    .filter((file) => file.endsWith('.jpg'))
    .toSorted()
    .map((id): ExportImage => ({ id, read: () => readFile(join(out, id)) }));
  return { calibration, validation: [], test: [], testName: 'test' };
}

async function changeRun(path: string, { labels, pixels }: RunChange): Promise<void> {
  const run = JSON.parse(await readFile(path, 'utf8')) as { manifest: Manifest };
  const { manifest } = run;
  await writeFile(
    path,
    JSON.stringify({
      ...run,
      manifest: {
        ...manifest,
        labels: labels ?? manifest.labels,
        pixels: { ...manifest.pixels, ...pixels },
      },
    }),
  );
}
