import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExportRecord } from '@isometry/core';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeModel } from '../../scripts/make-models.mjs';
import { makeSyntheticImages, syntheticCounts } from '../../scripts/synthetic-images.mjs';
import { judgesPython, NO_JUDGES } from '../judges.ts';
import { isometryHere } from './isometry-here.ts';
import { fixture, isometry } from './isometry-process.ts';

interface Exported {
  readonly models: readonly {
    readonly path: string;
    readonly digest: string;
    readonly sizeBytes: number;
    readonly export: ExportRecord;
  }[];
  readonly files: readonly string[];
}

let folder: string;
let images: string;
/** A run that was really trained. */
let run: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-export-'));
  images = join(folder, 'images');
  run = join(dirname(await makeModel('lifted-64')), 'run');
  // The images that it was trained on: the same seed and counts as in scripts/make-models.mjs.
  await makeSyntheticImages({ out: images, seed: 3, counts: syntheticCounts(120) });
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe('isometry export of a run', () => {
  it('makes all variants, proven and measured, that loadClassifier takes', async () => {
    const out = join(folder, 'all');
    const args = [run, '--out', out, '--images', images, '--precision', 'fp32,fp16,int8', '--json'];
    const { code, stdout, stderr } = await isometryHere(['export', ...args]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { models, files } = JSON.parse(stdout) as Exported;
    expect(models.map(({ path }) => path)).toEqual([
      join(out, 'onnx', 'model.onnx'),
      join(out, 'onnx', 'model_fp16.onnx'),
      join(out, 'onnx', 'model_quantized.onnx'),
    ]);
    expect(files).toHaveLength(7);
    const [fp32, fp16, int8] = models.map((model) => model.export);
    expect(fp32?.variant).toBeNull();
    expect(fp32?.proof.inputs.images).toBeGreaterThan(1);
    expect(fp16).toMatchObject({ precision: 'fp16', proof: fp32?.proof });
    expect(fp16?.variant).toMatchObject({
      calibration: null,
      keptFloat: ['conv1', 'conv_dw_1', 'conv_pw_1', 'conv_dw_2'],
    });
    expect(fp16?.variant?.sizeRatio).toBeLessThan(0.6);
    expect(fp16?.variant?.agreement?.agreed).toBe(fp16?.variant?.agreement?.total);
    expect(int8?.variant?.calibration).toMatchObject({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/u) as string,
    });
    expect(int8?.variant?.sizeRatio).toBeLessThan(fp16?.variant?.sizeRatio ?? 0);
    const { drop, agreement } = int8?.variant ?? {};
    expect(drop?.split).toBe('test');
    expect(drop?.count).toBe(agreement?.total);
    expect(drop?.accuracy.low).toBeLessThanOrEqual(drop?.accuracy.value ?? Number.NaN);
    for (const { path, digest, sizeBytes } of models) {
      // One at a time, as a user would.
      // oxlint-disable-next-line no-await-in-loop
      const classifier = await loadClassifier(path);
      expect(classifier.modelDigest).toBe(digest);
      expect(sizeBytes).toBeGreaterThan(1000);
      // oxlint-disable-next-line no-await-in-loop
      expect(await classifier.health()).toMatchObject({ ok: true });
      // oxlint-disable-next-line no-await-in-loop
      await classifier.close();
    }
    expect(stderr).toMatch(/^prove: /mu);
    expect(stderr).toMatch(/^measure: /mu);
  });

  it('says in words what was proven and what it cost', async () => {
    const out = join(folder, 'half.onnx');
    // A process of its own: nothing but the answer is on stdout.
    const { code, stdout } = await isometry([
      'export',
      run,
      '--out',
      out,
      '--images',
      images,
      '--precision',
      'fp16',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^equal to tfjs \S+ \(\w+\) on \d+ images and \d+ random inputs: largest difference embedding \S+, logits \S+; same label for (\d+) of \1$/mu,
    );
    expect(stdout).toContain(`${out} (`);
    expect(stdout).toMatch(/^ {2}fp16: 5\d\.\d % of the float32 file's size$/mu);
    expect(stdout).toMatch(/^ {2}same label as float32 for (\d+) of \1 images$/mu);
    expect(stdout).toMatch(/^ {2}accuracy 0\.0 points lower on \d+ images of test/mu);
    expect(stdout).not.toContain('undefined');
    const inspected = await isometryHere(['inspect', out]);
    expect(inspected.stdout).toMatch(/^precision {5}fp16$/mu);
    expect(inspected.stdout).toMatch(/^proof {9}equal to tfjs .* same label for (\d+) of \1$/mu);
    expect(inspected.stdout).toMatch(/^variant {7}accuracy 0\.0 points lower/mu);
  });

  it('warns when the images are gone, and proves without them', async () => {
    const moved = join(folder, 'moved');
    await cp(run, moved, { recursive: true });
    const config = { images: join(folder, 'gone') };
    await writeFile(join(moved, 'config.json'), JSON.stringify(config));
    const { code, stdout, stderr } = await isometryHere([
      'export',
      moved,
      '--out',
      join(folder, 'moved.onnx'),
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/^warning: The images of the run are not where they were .*--images/mu);
    expect(stdout).toMatch(/on 1 image and \d+ random inputs/u);
  });

  it.each([
    ['--labels', ['--labels', 'labels.txt'], /--labels is for models that no run describes/u],
    ['int8 without images', ['--precision', 'int8'], /int8 is calibrated on images/u],
    ['a precision that is none', ['--precision', 'fp8'], /Give some of fp32, fp16, int8/u],
  ])('refuses %s', async (_, args, message) => {
    const moved = join(folder, 'without-images');
    await cp(run, moved, { recursive: true, force: true });
    await rm(join(moved, 'config.json'), { force: true });
    const out = join(folder, 'refused', 'model.onnx');
    const { code, stderr } = await isometryHere(['export', moved, '--out', out, ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(await readdir(folder)).not.toContain('refused');
  });
});

describe('isometry export --converter tf2onnx', () => {
  it('says in one line what is missing and what to type', async () => {
    vi.stubEnv('ISOMETRY_CACHE', join(folder, 'empty-cache'));
    const out = join(folder, 'by-python', 'model.onnx');
    const args = ['export', run, '--out', out, '--converter', 'tf2onnx'];
    const { code, stderr } = await isometryHere(args);
    vi.unstubAllEnvs();
    expect(code).toBe(7);
    expect(stderr).toMatch(/^error CONVERTER_UNAVAILABLE: \S.*$/mu);
    expect(stderr).toMatch(/^hint: .*isometry setup judges/mu);
    expect(await readdir(folder)).not.toContain('by-python');
  });

  it('makes a file that is proven like any other', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const out = join(folder, 'by-tf2onnx.onnx');
    const { code, stdout, stderr } = await isometryHere([
      'export',
      run,
      '--out',
      out,
      '--converter',
      'tf2onnx',
      '--json',
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/^converting by tf2onnx 1\.17/mu);
    const { models } = JSON.parse(stdout) as Exported;
    expect(models[0]?.export).toMatchObject({
      converter: { name: 'tf2onnx', version: expect.stringMatching(/^1\.17/u) as string },
      precision: 'fp32',
    });
    expect(Object.keys(models[0]?.export.proof.outputs ?? {})).toEqual(['embedding', 'logits']);
    const classifier = await loadClassifier(out);
    expect(await classifier.health()).toMatchObject({ ok: true });
    await classifier.close();
  }, 120_000);
});

describe('isometry export of any tfjs model', () => {
  it('asks for what the file does not say, and takes it', async () => {
    const stranger = join(folder, 'stranger');
    await cp(run, stranger, { recursive: true });
    await rm(join(stranger, 'run.json'));
    const out = join(folder, 'stranger.onnx');
    const args = ['export', join(stranger, 'model.json'), '--out', out];
    const first = await isometryHere(args);
    expect(first.code).toBe(2);
    expect(first.stderr).toMatch(/does not say the labels of the model/u);
    expect(first.stderr).toMatch(/^hint: Name it with --labels/mu);
    const labels = join(folder, 'labels.txt');
    await writeFile(labels, 'one\ntwo\nthree\n');
    const second = await isometryHere([...args, '--labels', labels]);
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/^hint: Name it with --pixels: tf/mu);
    const { code, stderr } = await isometryHere([
      ...args,
      '--labels',
      labels,
      '--pixels',
      'tf,fit=cover',
      '--name',
      'three things',
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const classifier = await loadClassifier(out);
    expect(classifier.manifest).toMatchObject({
      name: 'three things',
      labels: ['one', 'two', 'three'],
      training: null,
      pixels: { fit: 'cover', width: 64, height: 64, mean: [0.5, 0.5, 0.5] },
      export: { converter: { name: 'native' }, precision: 'fp32' },
    });
    const { probability } = await classifier.classify(fixture('images/jpeg-420.jpg'));
    expect(probability).toBeGreaterThan(1 / 3);
    await classifier.close();
  });

  it('is calibrated on images without labels, and says what that leaves unmeasured', async () => {
    const flat = join(folder, 'flat');
    await mkdir(flat);
    const files = (await readdir(images, { recursive: true })).filter((file) =>
      file.endsWith('.jpg'),
    );
    await Promise.all(
      files.slice(0, 24).map((file, index) => cp(join(images, file), join(flat, `${index}.jpg`))),
    );
    const labels = join(folder, 'three.txt');
    await writeFile(labels, 'one\ntwo\nthree\n');
    const out = join(folder, 'unlabelled.onnx');
    const what = [join(run, 'model.json'), '--labels', labels, '--pixels', 'tf'];
    const how = ['--images', flat, '--precision', 'int8', '--reduce-range', '--json'];
    const { code, stderr, stdout } = await isometryHere(['export', ...what, '--out', out, ...how]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/^warning: The images have no labels/mu);
    const { models } = JSON.parse(stdout) as Exported;
    expect(models[0]?.export.proof.inputs.images).toBeGreaterThan(1);
    expect(models[0]?.export.variant).toMatchObject({
      calibration: {
        images: 12,
        method: expect.stringMatching(/, weights of 7 bits$/u) as string,
      },
      agreement: { total: 6 },
      drop: null,
    });
  });
});
