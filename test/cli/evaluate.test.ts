import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEvaluation, type Evaluation } from '@isometry/report';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSyntheticImages } from '../../scripts/synthetic-images.mjs';
import { judgesPython, NO_JUDGES } from '../judges.ts';
import { isometryHere } from './isometry-here.ts';
import { fixture } from './isometry-process.ts';

const MODEL = fixture('model-v1.onnx');
const TIMEOUT = 60_000;

let root = '';
let images = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-evaluate-'));
  images = join(root, 'images');
  await makeSyntheticImages({
    out: images,
    seed: 7,
    counts: { corn: 14, 'normal skin': 16, wart: 16 },
    size: 48,
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const evaluate = async (
  more: readonly string[] = [],
  folder = images,
): Promise<{ readonly evaluation: Evaluation; readonly stderr: string }> => {
  const { code, stdout, stderr } = await isometryHere([
    'evaluate',
    MODEL,
    folder,
    '--json',
    ...more,
  ]);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return { evaluation: parseEvaluation(JSON.parse(stdout)), stderr };
};

describe('isometry evaluate', () => {
  it('asks the runtime: every answer is that of classify', async () => {
    const { evaluation } = await evaluate(['--no-maps']);
    expect(evaluation.images).toHaveLength(46);
    const classifier = await loadClassifier(MODEL);
    for (const image of evaluation.images.slice(10, 20)) {
      const answer = await classifier.classify(join(images, image.file)); // oxlint-disable-line no-await-in-loop
      expect(image.predicted).toBe(answer.label);
      expect(image.label).toBe(image.file.split('/')[0]);
      for (const { index, probability } of answer.predictions) {
        expect(image.probabilities[index]).toBeCloseTo(probability, 5);
      }
    }
    await classifier.close();
    expect(evaluation.model).toMatchObject({ digest: classifier.modelDigest, provider: 'cpu' });
  });

  it('counts what it lists: metrics are those of the answers', async () => {
    const { evaluation } = await evaluate(['--no-maps']);
    const { classification, model, data } = evaluation;
    const right = evaluation.images.filter(({ label, predicted }) => label === predicted).length;
    expect(classification.accuracy.value).toBeCloseTo(right / 46, 6);
    expect(classification.accuracy.method).toBe('wilson');
    for (const [row, label] of model.labels.entries()) {
      const own = evaluation.images.filter((image) => image.label === label);
      expect(data.classes[row]).toEqual({ label, count: own.length });
      expect(classification.confusion[row]).toEqual(
        model.labels.map((other) => own.filter(({ predicted }) => predicted === other).length),
      );
    }
    const pairs = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
    expect(pairs(evaluation.distances.positive)).toBe((14 * 13 + 16 * 15 + 16 * 15) / 2);
    expect(pairs(evaluation.distances.positive) + pairs(evaluation.distances.negative)).toBe(
      (46 * 45) / 2,
    );
  });

  it(
    'writes one page, its figures, the mistakes and the data',
    async () => {
      const out = join(root, 'report');
      const { code, stdout } = await isometryHere(['evaluate', MODEL, images, '--out', out]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^46 images\naccuracy {11}\d+\.\d % \(95 % interval/u);
      expect(stdout).toContain(`report: ${join(out, 'index.html')}`);
      expect((await readdir(out)).sort()).toEqual([
        'embeddings.npy',
        'evaluation.json',
        'figures',
        'index.html',
        'mistakes.png',
      ]);
      const html = await readFile(join(out, 'index.html'), 'utf8');
      expect(Buffer.byteLength(html)).toBeLessThan(3e6);
      expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/u);
      const figures = await readdir(join(out, 'figures'));
      expect(figures.length % 4).toBe(0);
      for (const name of ['confusion', 't-sne', 'umap', 'distances', 'reliability', 'roc']) {
        expect(
          figures.filter((file) => file.replaceAll('-', '').includes(name.replaceAll('-', ''))),
        ).toHaveLength(4);
      }
      const evaluation = parseEvaluation(
        JSON.parse(await readFile(join(out, 'evaluation.json'), 'utf8')),
      );
      expect(evaluation.maps.tsne).toHaveLength(46);
      expect(evaluation.maps.umap).toHaveLength(46);
    },
    TIMEOUT,
  );

  it.skipIf(judgesPython() === undefined)(
    `embeddings.npy is what numpy reads, in the order of the images (${NO_JUDGES})`,
    async () => {
      const script =
        'import sys, numpy; a = numpy.load(sys.argv[1]); print(a.dtype, *a.shape, repr(float(a[3, 5])))';
      const { stdout } = spawnSync(judgesPython() as string, [
        '-c',
        script,
        join(root, 'report', 'embeddings.npy'),
      ]);
      const { images: listed } = JSON.parse(
        await readFile(join(root, 'report', 'evaluation.json'), 'utf8'),
      ) as Evaluation;
      const classifier = await loadClassifier(MODEL);
      const { embedding } = await classifier.embed(join(images, listed[3]?.file ?? ''));
      await classifier.close();
      const [dtype, rows, size, value] = stdout.toString().trim().split(' ');
      expect([dtype, rows, size]).toEqual(['float32', '46', `${embedding.length}`]);
      expect(Number(value)).toBeCloseTo(embedding[5] as number, 5);
    },
  );

  it('leaves out an image that is cut off, names it, and goes on with its batch', async () => {
    const folder = join(root, 'one-broken');
    await cp(images, folder, { recursive: true });
    const [name] = (await readdir(join(folder, 'corn'))).sort();
    const path = join(folder, 'corn', name as string);
    await writeFile(path, (await readFile(path)).subarray(0, 400));
    const { evaluation, stderr } = await evaluate(['--no-maps'], folder);
    expect(evaluation.data.skipped).toEqual([
      expect.objectContaining({ file: `corn/${name}`, code: 'IMAGE_TRUNCATED' }),
    ]);
    expect(evaluation.data.count).toBe(45);
    expect(evaluation.images.map(({ file }) => file)).not.toContain(`corn/${name}`);
    expect(stderr).toContain(`left out corn/${name} (IMAGE_TRUNCATED)`);
  });

  it('refuses a folder in which many images are broken', async () => {
    const folder = join(root, 'broken');
    await cp(images, folder, { recursive: true });
    for (const name of (await readdir(join(folder, 'wart'))).slice(0, 4)) {
      await writeFile(join(folder, 'wart', name), 'no image'); // oxlint-disable-line no-await-in-loop
    }
    const { code, stderr } = await isometryHere(['evaluate', MODEL, folder, '--no-maps']);
    expect(code).toBe(4);
    expect(stderr).toContain('error DATASET_UNREADABLE: 4 of 46 images');
  });

  it('takes images of one class alone: what needs two is none, and nothing divides by 0', async () => {
    const folder = join(root, 'one-class');
    await cp(join(images, 'wart'), join(folder, 'wart'), { recursive: true });
    const { evaluation } = await evaluate([], folder);
    expect(evaluation.classification.rocAuc).toEqual({ macro: null, weighted: null });
    expect(evaluation.classification.classes.map(({ recall }) => recall === null)).toEqual(
      evaluation.model.labels.map((label) => label !== 'wart'),
    );
    expect(evaluation.retrieval.precisionAt1).toBe(1);
  });

  it('takes one image', async () => {
    const folder = join(root, 'one-image');
    const [name] = await readdir(join(images, 'wart'));
    await cp(join(images, 'wart', name as string), join(folder, 'wart', name as string));
    const out = join(root, 'one-image-report');
    const { code } = await isometryHere(['evaluate', MODEL, folder, '--out', out]);
    expect(code).toBe(0);
    expect((await readdir(out)).includes('index.html')).toBe(true);
  });

  it('draws groups whole: photos of one patient are no independent evidence', async () => {
    const alone = await evaluate(['--no-maps']);
    const grouped = await evaluate(['--no-maps', '--group', 'patient']);
    expect(alone.evaluation.data.groups).toBeNull();
    expect(grouped.evaluation.data.groups).toBeGreaterThan(5);
    expect(grouped.evaluation.classification.accuracy).toMatchObject({
      value: alone.evaluation.classification.accuracy.value,
      method: expect.stringContaining('bootstrap') as string,
    });
    for (const { recall } of grouped.evaluation.classification.classes) {
      // Wilson's, and for so many groups, only where all of a class are right or all are wrong.
      const isSure = recall?.value === 0 || recall?.value === 1;
      expect(recall?.method).toBe(isSure ? 'wilson' : 'cluster bootstrap');
    }
  });

  it('evaluates the split of a list, and says which there are when asked for another', async () => {
    const list = join(root, 'list.csv');
    const { evaluation } = await evaluate(['--no-maps']);
    const rows = evaluation.images.map(
      ({ file, label }, row) => `${file},${label},${row % 3 === 0 ? 'test' : 'train'}`,
    );
    await writeFile(list, ['file,label,split', ...rows, ''].join('\n'));
    const split = await evaluate(['--no-maps', '--list', list]);
    expect(split.evaluation.data).toMatchObject({ split: 'test', count: 16 });
    expect(split.evaluation.retrieval.reference).toContain('training');
    const wrong = await isometryHere([
      'evaluate',
      MODEL,
      images,
      '--list',
      list,
      '--split',
      'validation',
    ]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Give one of test, train.');
  });

  describe('--run', () => {
    /** A run folder as far as it is read here, of the model's own training but for what is changed. */
    const makeRun = async (name: string, changed: object): Promise<string> => {
      const run = join(root, name);
      await mkdir(run);
      const classifier = await loadClassifier(MODEL);
      const { training } = classifier.manifest;
      await classifier.close();
      const { evaluation } = await evaluate(['--no-maps']);
      const rows = evaluation.images.map(
        ({ file, label }, row) => `${file},${label},${row % 3 === 0 ? 'test' : 'train'}`,
      );
      await writeFile(join(run, 'split.csv'), ['file,label,split', ...rows, ''].join('\n'));
      const manifest = { training: { ...training, ...changed } };
      await writeFile(join(run, 'run.json'), JSON.stringify({ version: 1, manifest }));
      const epoch = { event: 'epoch', stage: 'embedding', epoch: 1, values: { loss: 0.5 } };
      await writeFile(join(run, 'log.jsonl'), `${JSON.stringify(epoch)}\n`);
      return run;
    };

    it('shows the curves of the model’s own run, and says when its split is another, without a path', async () => {
      const run = await makeRun('own-run', {});
      const out = join(root, 'run-report');
      const { evaluation } = await evaluate(['--run', run, '--out', out, '--no-maps']);
      expect(evaluation.history).toEqual([{ stage: 'embedding', epoch: 1, values: { loss: 0.5 } }]);
      expect(evaluation.data.warnings).toEqual([
        expect.stringMatching(/^The split of own-run is not the one/u),
      ]);
      for (const name of ['evaluation.json', 'index.html']) {
        // oxlint-disable-next-line no-await-in-loop
        expect(await readFile(join(out, name), 'utf8')).not.toContain(root);
      }
    });

    it('leaves the curves of another run out, be its split the same', async () => {
      const run = await makeRun('other-run', { seed: 99 });
      const { evaluation, stderr } = await evaluate(['--run', run, '--no-maps']);
      expect(evaluation.history).toBeNull();
      expect(evaluation.data.warnings).toContain(
        "The training's curves are left out: other-run is not the run that the model came from.",
      );
      expect(stderr).toContain('curves are left out');
    });
  });

  it('counts the training images that cannot be read, and refuses when they are many', async () => {
    const folder = join(root, 'broken-training');
    await cp(images, folder, { recursive: true });
    const { evaluation } = await evaluate(['--no-maps']);
    const rows = evaluation.images.map(
      ({ file, label }, row) => `${file},${label},${row < 6 ? 'test' : 'train'}`,
    );
    const list = join(root, 'broken-training.csv');
    await writeFile(list, ['file,label,split', ...rows, ''].join('\n'));
    const files = evaluation.images.map(({ file }) => join(folder, file));
    await writeFile(files[20] as string, 'no image');
    const one = await evaluate(['--no-maps', '--list', list], folder);
    expect(one.evaluation.data.skipped).toEqual([]);
    expect(one.evaluation.data.warnings).toEqual([
      expect.stringContaining('1 of 40 training images could not be read'),
    ]);
    await Promise.all(files.slice(21, 23).map((path) => writeFile(path, 'no image')));
    const many = await isometryHere(['evaluate', MODEL, folder, '--no-maps', '--list', list]);
    expect(many.code).toBe(4);
    expect(many.stderr).toContain('error DATASET_UNREADABLE: 3 of 40 training images');
  });

  describe('--out', () => {
    // Refused before the model is looked at: there is none.
    const refused = async (out: string): Promise<string> => {
      const { code, stderr } = await isometryHere([
        'evaluate',
        'no-model.onnx',
        images,
        '--out',
        out,
      ]);
      expect({ code, stderr }).toMatchObject({ code: 2 });
      expect(stderr).toContain('error OPTION_INVALID: --out ');
      return stderr;
    };

    it('is refused inside the images, where it would be a class', async () => {
      expect(await refused(join(images, 'report'))).toContain('beside it with --out');
      expect(await readdir(images)).not.toContain('report');
      await symlink(images, join(root, 'images-link'), 'junction');
      await refused(join(root, 'images-link', 'wart'));
    });

    it('is refused where it is a file, or a folder of somebody else', async () => {
      const folder = join(root, 'homepage');
      await mkdir(folder);
      await writeFile(join(folder, 'index.html'), 'mine');
      expect(await refused(join(folder, 'index.html'))).toContain('is no folder');
      expect(await refused(folder)).toContain('holds no evaluation');
      await writeFile(join(folder, 'evaluation.json'), '{"kind":"another"}');
      await refused(folder);
      expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe('mine');
    });

    it('replaces an earlier report: nothing of another model stays', async () => {
      const out = join(root, 'twice');
      const right = join(root, 'right');
      const { evaluation } = await evaluate(['--out', out, '--no-maps']);
      expect(await readdir(out)).toContain('mistakes.png');
      const good = evaluation.images.filter(({ label, predicted }) => label === predicted);
      await Promise.all(
        good.slice(0, 5).map(({ file }) => cp(join(images, file), join(right, file))),
      );
      await writeFile(join(out, 'figures', 't-sne-light.svg'), 'of another model');
      await writeFile(join(out, 'figures', 'notes.txt'), 'mine');
      await evaluate(['--out', out, '--no-maps'], right);
      expect((await readdir(out)).sort()).toEqual([
        'embeddings.npy',
        'evaluation.json',
        'figures',
        'index.html',
      ]);
      const figures = await readdir(join(out, 'figures'));
      expect(figures).toContain('notes.txt');
      expect(figures).not.toContain('t-sne-light.svg');
    });
  });

  it('names labels that the model does not know', async () => {
    const folder = join(root, 'unknown');
    await cp(join(images, 'wart'), join(folder, 'melanoma'), { recursive: true });
    const { code, stderr } = await isometryHere(['evaluate', MODEL, folder]);
    expect(code).toBe(4);
    expect(stderr).toContain('melanoma');
    expect(stderr).toContain('normal skin');
  });

  it.each([
    ['a model that is none', [fixture('images/jpeg-420.jpg'), '.'], 5],
    ['a folder that is not there', [MODEL, 'nowhere'], 3],
    ['a run and a list', [MODEL, '.', '--run', 'run', '--list', 'list.csv'], 2],
  ])('ends with a code for %s', async (_, args, expected) => {
    const { code, stderr } = await isometryHere(['evaluate', ...args]);
    expect({ code, stderr }).toMatchObject({ code: expected });
    expect(stderr).toMatch(/^error [A-Z_]+: /mu);
  });
});
