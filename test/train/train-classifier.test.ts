import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifestDraft, type Progress } from '@isometry/core';
import {
  trainClassifier,
  type LossName,
  type TrainingPlan,
  type TrainResult,
} from '@isometry/train';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSyntheticImages } from '../../scripts/synthetic-images.mjs';

let root = '';
let images = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-train-'));
  images = join(root, 'images');
  const counts = { corn: 10, 'normal skin': 12, wart: 14 };
  await makeSyntheticImages({ out: images, counts, size: 48 });
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** One epoch of a few steps on 36 images: what comes out is complete, not good. */
const QUICK = {
  size: 32,
  widthMultiplier: 0.25,
  batchSize: 12,
  epochs: 1,
  classifierEpochs: 1,
  embeddingSize: 8,
  group: 'patient',
};

const LOSSES: readonly LossName[] = [
  'cross-entropy',
  'contrastive',
  'triplet',
  'generalized-lifted',
  'multi-similarity',
  'supervised-contrastive',
];

interface Row {
  readonly file: string;
  readonly label: string;
  readonly group: string;
  readonly split: string;
}

describe('trainClassifier', () => {
  it('writes a run that says everything of itself', async () => {
    await writeFile(join(images, 'wart', 'broken.jpg'), 'not an image');
    await writeFile(join(images, 'wart', 'notes.txt'), 'left out');
    const csv = join(images, 'metadata.csv');
    await writeFile(csv, `${await readFile(csv, 'utf8')}wart/broken.jpg,p9999\n`);
    const out = join(root, 'run');
    const stages: Progress[] = [];
    const result = await trainClassifier({
      ...QUICK,
      images,
      out,
      loss: 'lifted-structured',
      normalise: true,
      onProgress: (progress) => stages.push(progress),
    });

    expect(new Set(stages.map(({ stage }) => stage))).toEqual(
      new Set(['read-images', 'train-embedding', 'fine-tune']),
    );
    expect(result.skipped).toMatchObject([{ file: 'wart/broken.jpg' }]);
    expect(result.ignored).toBe(1);
    expect((await readdir(out)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'log.jsonl',
      'metrics.json',
      'model.json',
      'run.json',
      'split.csv',
      'tensorboard',
      'weights.bin',
    ]);
    const run = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as {
      version: number;
      manifest: unknown;
    };
    expect(run.version).toBe(1);
    expect(parseManifestDraft(run.manifest)).toEqual(result.manifest);
    expect(result.manifest).toMatchObject({
      labels: ['corn', 'normal skin', 'wart'],
      embedding: { size: 8, normalised: true },
      training: { backbone: 'mobilenet', loss: { name: 'lifted-structured', preset: 'custom' } },
      metrics: { split: 'test', count: result.counts.test },
    });

    const splitCsv = await readFile(join(out, 'split.csv'), 'utf8');
    expect(result.manifest.training?.splitDigest).toBe(
      createHash('sha256').update(splitCsv).digest('hex'),
    );
    const rows = parse<Row>(splitCsv, { columns: true });
    expect(rows).toHaveLength(36);
    const tested = rows.filter(({ split }) => split === 'test').map(({ file }) => file);
    expect(tested).toEqual(result.testFiles);
    const splitsOfGroup = new Map<string, Row[]>();
    for (const row of rows) {
      splitsOfGroup.set(row.group, [...(splitsOfGroup.get(row.group) ?? []), row]);
    }
    for (const own of splitsOfGroup.values()) {
      expect(new Set(own.map(({ split }) => split)).size).toBe(1);
    }

    const model = JSON.parse(await readFile(join(out, 'model.json'), 'utf8')) as {
      format: string;
      weightsManifest: { paths: string[] }[];
    };
    expect(model.format).toBe('layers-model');
    expect(model.weightsManifest.flatMap(({ paths }) => paths)).toEqual(['weights.bin']);
  });

  it('does the same again from the same seed', async () => {
    const run = async (name: string): Promise<{ result: TrainResult; weights: string }> => {
      const out = join(root, name);
      const result = await trainClassifier({ ...QUICK, images, out, name: 'twin' });
      const weights = await readFile(join(out, 'weights.bin'));
      return { result, weights: createHash('sha256').update(weights).digest('hex') };
    };
    const [one, two] = [await run('one'), await run('two')];
    expect(two.result.manifest).toEqual(one.result.manifest);
    expect(two.weights).toBe(one.weights);
  });

  it('keeps an old run until the new one starts, and resumes what was stopped', async () => {
    const out = join(root, 'stopped');
    const weights = join(root, 'start');
    await trainClassifier({ ...QUICK, images, out: weights, loss: 'cross-entropy' });
    const controller = new AbortController();
    const stopped = trainClassifier({
      ...QUICK,
      images,
      weights,
      out,
      signal: controller.signal,
      onProgress: ({ stage }) => {
        if (stage === 'train-embedding') controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(trainClassifier({ ...QUICK, images, out })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      hint: expect.stringContaining('--resume') as string,
    });
    const plans: TrainingPlan[] = [];
    const resumed = await trainClassifier({
      images,
      out,
      resume: true,
      onPlan: (plan) => plans.push(plan),
    });
    expect(plans[0]?.resumed).toEqual({ stage: 'train-embedding', epoch: 1 });
    const whole = await trainClassifier({
      ...QUICK,
      images,
      weights,
      out: join(root, 'whole'),
      name: 'stopped',
    });
    expect(resumed.manifest).toEqual(whole.manifest);
    expect(whole.manifest.training?.hyperparameters['weights']).toMatch(/^sha256:/);
    // Killed when the model is written and run.json is not: nothing is done to the classifier twice.
    const model = await readFile(join(out, 'weights.bin'));
    await rm(join(out, 'run.json'));
    const finished = await trainClassifier({ images, out, resume: true });
    expect(finished.manifest).toEqual(whole.manifest);
    expect((await readFile(join(out, 'weights.bin'))).equals(model)).toBe(true);
    // Images that are gone do not cost the run that is to be replaced.
    await expect(
      trainClassifier({ ...QUICK, images: join(root, 'gone'), out, overwrite: true }),
    ).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    // Nor may it hold what the new one is made of.
    await expect(
      trainClassifier({ ...QUICK, images: join(out, 'checkpoints'), out, overwrite: true }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID', details: { option: 'images' } });
    expect(await readdir(out)).toContain('run.json');
  });

  it.each(LOSSES)('trains with %s', async (loss) => {
    const result = await trainClassifier({
      ...QUICK,
      images,
      out: join(root, loss),
      loss,
      protocol: 'paper',
      epochs: 1,
    });
    expect(result.manifest.training?.loss.name).toBe(loss);
    expect(result.manifest.training?.hyperparameters).toMatchObject({ protocol: 'paper' });
  });

  it('refuses before it trains', async () => {
    const options = { ...QUICK, images, out: join(root, 'refused') };
    for (const [change, code] of [
      [{ images: join(root, 'absent') }, 'FILE_NOT_FOUND'],
      [{ group: 'age' }, 'DATASET_METADATA_INVALID'],
      [{ out: images }, 'OPTION_INVALID'],
      [{ batchSize: 1 }, 'OPTION_INVALID'],
      [{ weights: join(root, 'absent.h5') }, 'FILE_NOT_FOUND'],
      [{ freeze: 'absent' }, 'OPTION_INVALID'],
    ] as const) {
      await expect(trainClassifier({ ...options, ...change })).rejects.toMatchObject({ code });
    }
    expect(await readdir(root)).not.toContain('refused');
    expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
