import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { compareArrays } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOptimum } from './ask-optimum.ts';
import { drawPictures } from './draw-pictures.ts';
import { exportFolder, type ExportedFolder, type RunChange } from './exported-folder.ts';
import { levels } from './levels.ts';
import { NO_OPTIMUM, optimumPython } from './optimum-python.ts';

interface Plain {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/** What judge_optimum.py prints. */
interface Verdict {
  readonly pixels: readonly Plain[];
  readonly card: Readonly<Record<string, unknown>>;
  readonly found: string;
  readonly byFile: Readonly<
    Record<
      string,
      {
        readonly labels: readonly string[];
        readonly logits: readonly Plain[];
        readonly features: readonly Plain[];
        readonly predictions: readonly (readonly {
          readonly label: string;
          readonly score: number;
        }[])[];
        readonly extracted: readonly (readonly number[])[];
      }
    >
  >;
}

/** What a config.json and a YAML head could lose. */
const LABELS = ['yes: no', '日本 🦶\n"é"', '1'];

const FOLDERS: readonly (readonly [string, RunChange])[] = [
  ['contain', { precisions: ['fp32', 'fp16', 'int8'] }],
  ['cover', { labels: LABELS, pixels: { fit: 'cover' } }],
  ['stretch', { pixels: { fit: 'stretch', filter: 'bicubic' } }],
];

/**
 * Of the reference's L2 norm. No bit differed between onnxruntime 1.32 in Python and 1.30 in Node, but threads share
 * work as they come: see transformers-node.test.ts. The softmax is Python's: 1e-7.
 */
const SAME_PIXELS: Readonly<Record<string, number>> = {
  'model.onnx': 2e-6,
  'model_fp16.onnx': 2e-3,
  'model_quantized.onnx': 1e-2,
};

/** Of 255 levels, on average: 3.1 measured for `contain`, which rounds the inner picture's length down; 0.06 otherwise. */
const NEARLY = 4.5;

const decode = createImageDecoder();
let folder: string;
let pictures: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-optimum-'));
  pictures = await drawPictures(join(folder, 'pictures'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(FOLDERS)("an exported folder (%s) in Python's optimum", (name, change) => {
  const python = optimumPython();

  it('is found, classifies with our labels and extracts our embedding', async ({ skip }) => {
    skip(python === undefined, NO_OPTIMUM);
    const exported = await exportFolder(join(folder, name), change);
    const verdict = await ask(python as string, exported);
    const { manifest } = exported;
    expect(verdict.found).toBe('model.onnx');
    expect(verdict.card).toMatchObject({ 'model-index': [{ name: manifest.name }] });
    expect(Object.keys(verdict.byFile)).toHaveLength(change.precisions?.length ?? 1);
    for (const path of exported.models.values()) {
      const answers = verdict.byFile[basename(path)]!;
      const bound = SAME_PIXELS[basename(path)]!;
      expect(answers.labels).toEqual(manifest.labels);
      // One model after the other: each takes all cores.
      // oxlint-disable-next-line no-await-in-loop
      const classifier = await loadClassifier(path);
      for (const [index, { data, dims }] of verdict.pixels.entries()) {
        // oxlint-disable-next-line no-await-in-loop
        const own = await classifier.run({ data: Float32Array.from(data), dims });
        const apart = (output: string, theirs: readonly number[]): number =>
          compareArrays(own[output]!.data, Float32Array.from(theirs)).relativeL2;
        expect(answers.features[index]?.dims).toEqual([1, manifest.embedding.size]);
        expect(apart('embedding', answers.features[index]!.data)).toBeLessThan(bound);
        expect(apart('embedding', answers.extracted[index]!)).toBeLessThan(bound);
        expect(apart('logits', answers.logits[index]!.data)).toBeLessThan(bound);
        const scores = new Map(
          answers.predictions[index]!.map(({ label, score }) => [label, score]),
        );
        const listed = manifest.labels.map((label) => scores.get(label) ?? 0);
        expect(apart('probabilities', listed)).toBeLessThan(bound);
      }
      // oxlint-disable-next-line no-await-in-loop
      await classifier.close();
    }
    for (const [index, picture] of pictures.entries()) {
      const { data, dims } = verdict.pixels[index]!;
      // oxlint-disable-next-line no-await-in-loop
      const { tensor } = await decode(await readFile(picture), manifest.pixels);
      expect(dims).toEqual([1, 3, manifest.pixels.height, manifest.pixels.width]);
      expect(levels(tensor, data, manifest.pixels.std)).toBeLessThan(NEARLY);
    }
  }, 180_000);
});

function ask(python: string, exported: ExportedFolder): Promise<Verdict> {
  const files = [...exported.models.values()].map((path) => basename(path));
  return askOptimum<Verdict>(python, exported.path, { files, pictures });
}
