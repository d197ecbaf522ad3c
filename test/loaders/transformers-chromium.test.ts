import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareArrays } from '@isometry/core';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, NO_CHROMIUM } from '../chromium.ts';
import { openPage } from '../parity/chromium/open-page.ts';
import type { ServedFile } from '../parity/chromium/serve-files.ts';
import { drawPictures } from './draw-pictures.ts';
import { exportFolder, type ExportedFolder } from './exported-folder.ts';

/** Of the embedding's L2 norm: its canvas shrinks a picture in its own way; 0.021 measured on this one. */
const NEARLY = 0.05;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-page-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('an exported folder in transformers.js in Chromium', () => {
  it('loads from its own server alone, and answers nearly as Isometry', async ({ skip }) => {
    skip(chromiumPath() === undefined, NO_CHROMIUM);
    const exported = await exportFolder(folder);
    const [, , picture = ''] = await drawPictures(join(folder, 'pictures'));
    const opened = await openPage(new URL('transformers-page.ts', import.meta.url), {
      '/picture.png': { type: 'image/png', body: await readFile(picture) },
      ...(await servedFolder(exported)),
      ...(await servedOrt()),
    });
    try {
      const answer = await opened.page.evaluate(() => askTransformers('toes', '/picture.png'));
      const predictions = answer.predictions as readonly { label: string; score: number }[];
      const { labels, embedding } = exported.manifest;
      expect(predictions.map(({ label }) => label).toSorted()).toEqual([...labels].toSorted());
      expect(predictions.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
      expect(answer.embedding.dims).toEqual([1, embedding.size]);
      const classifier = await loadClassifier(join(exported.path, 'onnx', 'model.onnx'));
      const own = await classifier.classify(picture);
      await classifier.close();
      const theirs = Float32Array.from(answer.embedding.data);
      const { relativeL2 } = compareArrays(own.embedding, theirs);
      expect(relativeL2).toBeLessThan(NEARLY);
      expect(predictions[0]?.label).toBe(own.label);
      const foreign = opened.requested.filter(
        (url) => !/^(?:data|blob):/u.test(url) && !url.startsWith(opened.origin),
      );
      expect(foreign).toEqual([]);
    } finally {
      await opened.close();
    }
  }, 60_000);
});

async function servedFolder({ path }: ExportedFolder): Promise<Record<string, ServedFile>> {
  const names = ['config.json', 'preprocessor_config.json', 'onnx/model.onnx'];
  const entries = await Promise.all(
    names.map(async (name): Promise<[string, ServedFile]> => [
      `/models/toes/${name}`,
      { type: 'application/octet-stream', body: await readFile(join(path, name)) },
    ]),
  );
  return Object.fromEntries(entries);
}

/** transformers.js brings an ONNX Runtime of its own, another build than ours. */
async function servedOrt(): Promise<Record<string, ServedFile>> {
  const require = createRequire(
    createRequire(import.meta.url).resolve('@huggingface/transformers'),
  );
  const types = { mjs: 'text/javascript', wasm: 'application/wasm' };
  const entries = await Promise.all(
    Object.entries(types).map(async ([ending, type]): Promise<[string, ServedFile]> => {
      const name = `ort-wasm-simd-threaded.asyncify.${ending}`;
      const body = await readFile(require.resolve(`onnxruntime-web/${name}`));
      return [`/ort/${name}`, { type, body }];
    }),
  );
  return Object.fromEntries(entries);
}
