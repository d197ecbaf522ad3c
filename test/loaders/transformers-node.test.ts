import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compareArrays, type PixelSpec, type Tensor } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPictures } from './draw-pictures.ts';
import { exportFolder, type Dtype, type ExportedFolder } from './exported-folder.ts';
import { levels } from './levels.ts';

interface Plain {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

interface Prediction {
  readonly label: string;
  readonly score: number;
}

/** What transformers-node.mjs prints. */
interface Answers {
  /** What its own preprocessing makes of each picture. */
  readonly pixels: readonly Plain[];
  readonly byDtype: Readonly<
    Record<
      Dtype,
      {
        readonly predictions: readonly (readonly Prediction[])[];
        readonly features: readonly Plain[];
        readonly pooled: readonly Plain[];
        /** For the pixels that it was given: ours. */
        readonly given: readonly { readonly embedding: Plain; readonly logits: Plain }[];
      }
    >
  >;
}

/** What a config.json could lose. */
const LABELS = ['yes: no', '日本 🦶\n"é"', '1'];

/**
 * Of the reference's L2 norm. Both run onnxruntime-node 1.30 here and mostly no bit differs. But its threads share work
 * as they come, which moves last bits, and a last bit can move a value to the next step of a half or of an int8: 2e-4
 * of the norm measured, once in five runs.
 */
const SAME_PIXELS = { fp32: 1e-6, fp16: 2e-3, q8: 1e-2 };

/**
 * Of 255 levels, on average: 0.9 at most measured on these pictures, 3.6 where `contain` rounds the length of the inner
 * picture to another pixel, which at 64 pixels is a row of black.
 */
const NEARLY = 4.5;

/** How many times as far the same picture by another fit is: 6 at least measured. */
const FARTHER = 4;

const decode = createImageDecoder();
let folder: string;
let pictures: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-loaders-'));
  pictures = await drawPictures(join(folder, 'pictures'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Asks transformers.js in a process of its own, without a network. */
async function ask(exported: ExportedFolder): Promise<Answers> {
  const inputs = await Promise.all(pictures.map((path) => ownPixels(path, exported)));
  const request = join(exported.path, '..', 'request.json');
  await writeFile(
    request,
    JSON.stringify({
      folder: exported.path,
      dtypes: [...exported.models.keys()],
      pictures,
      inputs: inputs.map(({ data, dims }) => ({ data: [...data], dims })),
    }),
  );
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [`--import=${here('cut-network.mjs')}`, here('transformers-node.mjs'), request],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Answers;
}

async function ownPixels(path: string, { manifest }: ExportedFolder): Promise<Tensor> {
  const { tensor } = await decode(await readFile(path), manifest.pixels);
  return { data: tensor, dims: [1, 3, manifest.pixels.height, manifest.pixels.width] };
}

function relative(own: Tensor | undefined, other: Plain): number {
  return compareArrays(own?.data ?? new Float32Array(), Float32Array.from(other.data)).relativeL2;
}

const FOLDERS = [
  { name: 'contain', change: { precisions: ['fp32', 'fp16', 'int8'] } },
  { name: 'cover', change: { labels: LABELS, pixels: { fit: 'cover' } } },
  { name: 'stretch', change: { pixels: { fit: 'stretch', filter: 'bicubic' } } },
] as const;

describe.each(FOLDERS)('an exported folder ($name) in transformers.js', ({ name, change }) => {
  let exported: ExportedFolder;
  let answers: Answers;
  beforeAll(async () => {
    exported = await exportFolder(join(folder, name), change);
    answers = await ask(exported);
  });

  const each = (check: (dtype: Dtype, path: string) => Promise<void>): Promise<unknown> => {
    expect(exported.models.has('fp32')).toBe(true);
    return Promise.all([...exported.models].map(([dtype, path]) => check(dtype, path)));
  };

  it('classifies with our labels and scores that sum to 1', () =>
    each((dtype) => {
      const { predictions } = answers.byDtype[dtype];
      expect(predictions).toHaveLength(pictures.length);
      for (const list of predictions) {
        expect(list.map(({ label }) => label).sort()).toEqual([...exported.manifest.labels].sort());
        expect(list.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
      }
      return Promise.resolve();
    }));

  it('answers as runtime-node when it is given the same pixels', () =>
    each(async (dtype, path) => {
      const classifier = await loadClassifier(path);
      const inputs = await Promise.all(pictures.map((picture) => ownPixels(picture, exported)));
      for (const [index, input] of inputs.entries()) {
        const own = await classifier.run(input);
        const { embedding, logits } = answers.byDtype[dtype].given[index]!;
        expect(embedding.dims).toEqual([1, exported.manifest.embedding.size]);
        expect(relative(own['embedding'], embedding)).toBeLessThan(SAME_PIXELS[dtype]);
        expect(relative(own['logits'], logits)).toBeLessThan(SAME_PIXELS[dtype]);
      }
      await classifier.close();
    }));

  it('extracts the embedding, and answers as runtime-node does on its pixels', () =>
    each(async (dtype, path) => {
      const classifier = await loadClassifier(path);
      const { features, pooled, predictions } = answers.byDtype[dtype];
      for (const [index, { data, dims }] of answers.pixels.entries()) {
        const own = await classifier.run({ data: Float32Array.from(data), dims });
        const feature = features[index]!;
        expect(feature.dims).toEqual([1, exported.manifest.embedding.size]);
        expect(pooled[index]).toEqual(feature);
        expect(relative(own['embedding'], feature)).toBeLessThan(SAME_PIXELS[dtype]);
        const scores = exported.manifest.labels.map(
          (label) => predictions[index]?.find((one) => one.label === label)?.score ?? 0,
        );
        const { maxAbs } = compareArrays(own['probabilities']!.data, Float32Array.from(scores));
        expect(maxAbs).toBeLessThan(Math.max(SAME_PIXELS[dtype], 1e-6));
      }
      await classifier.close();
    }));

  it('fits a picture as training did, by nearly the pixels that Isometry sees', async () => {
    const { pixels } = exported.manifest;
    const others = FOLDERS.map((one) => one.name).filter((fit) => fit !== name);
    for (const [index, picture] of pictures.entries()) {
      const theirs = answers.pixels[index]!;
      const distanceTo = async (fit: PixelSpec['fit']): Promise<number> => {
        const { tensor } = await decode(await readFile(picture), { ...pixels, fit });
        return levels(tensor, theirs.data, pixels.std);
      };
      expect(theirs.dims).toEqual([1, 3, pixels.height, pixels.width]);
      const distance = await distanceTo(name);
      expect(distance).toBeLessThan(NEARLY);
      for (const fit of others) expect(await distanceTo(fit)).toBeGreaterThan(FARTHER * distance);
    }
  });
});
