import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSyntheticImages } from '../../scripts/synthetic-images.mjs';
import { isometryHere } from './isometry-here.ts';
import { isometry, startIsometry } from './isometry-process.ts';

/** Cells of seconds each, in processes that are started anew: minutes on a loaded machine. */
const TIMEOUT = 240_000;

/** Small in everything: what is shown is that the grid is complete, not that it is good. */
const RECIPE = [
  '--size=32',
  '--width-multiplier=0.25',
  '--embedding-size=8',
  '--batch-size=12',
  '--epochs=1',
  '--group=patient',
  '--weights=random',
];
const ONLY = '--only=mobilenet/cross-entropy,mobilenet/lifted-structured';
const CELLS = ['cross-entropy/seed-1', 'lifted-structured/seed-1'];

let root = '';
let images = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-reproduce-'));
  images = join(root, 'images');
  await makeSyntheticImages({ out: images, counts: { corn: 14, wart: 16 }, size: 40 });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const command = (out: string, more: readonly string[] = [ONLY, '--seeds=1']): string[] => [
  'reproduce',
  images,
  '--out',
  join(root, out),
  ...RECIPE,
  ...more,
];

interface Found {
  readonly kind: string;
  readonly version: number;
  readonly weights: object;
  readonly rows: readonly {
    readonly loss: string;
    readonly seeds: readonly number[];
    readonly comparison: object | null;
    readonly paper: { readonly accuracy: number } | null;
  }[];
  readonly cells: readonly { readonly sessions: number; readonly seconds: number }[];
  readonly parameters: readonly { readonly backbone: string; readonly parameters: number }[];
  readonly missing: readonly unknown[];
}
const readReport = async (out: string): Promise<Found> =>
  JSON.parse(await readFile(join(root, out, 'report', 'reproduction.json'), 'utf8')) as Found;

describe('isometry reproduce', () => {
  it(
    'killed in its second cell, goes on with what is left and reports as if it had not been',
    async () => {
      const { child, stderr, ended } = startIsometry(command('killed'));
      const second = join(root, 'killed/cells/mobilenet', CELLS[1] as string);
      await vi.waitFor(() => expect(existsSync(join(second, 'run/config.json'))).toBe(true), {
        timeout: TIMEOUT,
        interval: 10,
      });
      child.kill('SIGKILL');
      await ended;
      expect(stderr()).toContain('plan: 2 cells to do');
      const first = join(root, 'killed/cells/mobilenet', CELLS[0] as string);
      const trainedAt = (await stat(join(first, 'run/weights.bin'))).mtimeMs;
      expect(existsSync(join(second, 'cell.json'))).toBe(false);

      const resumed = await isometry([
        'reproduce',
        images,
        '--out',
        join(root, 'killed'),
        ONLY,
        '--seeds=1',
        '--json',
      ]);
      expect(resumed).toMatchObject({ code: 0 });
      expect(resumed.stderr).toContain('done already: 1 cell');
      expect((await stat(join(first, 'run/weights.bin'))).mtimeMs).toBe(trainedAt);
      const lines = resumed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(lines).toEqual([
        expect.objectContaining({
          cell: { backbone: 'mobilenet', loss: 'lifted-structured', seed: 1 },
        }),
        expect.objectContaining({ kind: 'isometry.reproduction', missing: [] }),
      ]);
      const found = await readReport('killed');
      expect(found.cells.map(({ sessions }) => sessions)).toEqual([1, 2]);

      await isometry(command('whole'));
      for (const cell of CELLS) {
        const predictions = async (out: string): Promise<unknown> => {
          const path = join(root, out, 'cells/mobilenet', cell, 'evaluation.json');
          return (JSON.parse(await readFile(path, 'utf8')) as { images: unknown }).images;
        };
        expect(await predictions('killed')).toEqual(await predictions('whole'));
      }
    },
    TIMEOUT,
  );

  it('writes the paper’s tables beside its own values, and says that it is another data set', async () => {
    const found = await readReport('whole');
    expect(found).toMatchObject({
      kind: 'isometry.reproduction',
      version: 1,
      weights: { mobilenet: 'random' },
      missing: [],
    });
    expect(found.rows.map(({ loss, seeds }) => ({ loss, seeds }))).toEqual([
      { loss: 'cross-entropy', seeds: [1] },
      { loss: 'lifted-structured', seeds: [1] },
    ]);
    expect(found.rows.map(({ paper }) => paper?.accuracy)).toEqual([92.84, 97.41]);
    expect(found.rows.map(({ comparison }) => comparison === null)).toEqual([true, false]);
    // Keras' MobileNet of width 0.25 without its top.
    expect(found.parameters).toMatchObject([{ backbone: 'mobilenet', parameters: 218_544 }]);

    const folder = join(root, 'whole/report');
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    expect(html).toContain('another data set');
    expect(Buffer.byteLength(html)).toBeLessThan(3e6);
    const figures = await readdir(join(folder, 'figures'));
    for (const id of [
      'losses-accuracy',
      'tsne-mobilenet-lifted-structured',
      'confusion-mobilenet-cross-entropy',
    ]) {
      expect(figures).toEqual(expect.arrayContaining([`${id}-light.svg`, `${id}-dark.png`]));
    }
    const markdown = await readFile(join(folder, 'tables.md'), 'utf8');
    expect(markdown).toMatch(/\| MobileNet \| Lifted structured \| 1 \| \d+\.\d \(/u);
    expect(markdown).toContain('97.41');
    // Nothing that is read by others tells where this machine keeps its files.
    for (const text of [html, markdown, JSON.stringify(found)]) expect(text).not.toContain(root);
  });

  it('checkpoints are gone from finished cells, the model and its evaluation are there', async () => {
    for (const cell of CELLS) {
      const folder = join(root, 'whole/cells/mobilenet', cell);
      expect(existsSync(join(folder, 'run/checkpoints'))).toBe(false);
      for (const file of ['model.onnx', 'evaluation.json', 'embeddings.npy', 'run/log.jsonl']) {
        expect(existsSync(join(folder, file))).toBe(true);
      }
    }
  });

  it('says with --plan what is left, trains nothing and touches nothing', async () => {
    const before = (await readdir(join(root, 'whole'), { recursive: true })).sort();
    const { code, stderr, stdout } = await isometryHere(
      command('whole', ['--only=mobilenet', '--seeds=2', '--plan']),
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('plan: 6 cells to do, at most');
    expect(stderr).toContain('done already: 2 cells');
    expect(stderr).toContain('mobilenet/contrastive seeds 1, 2');
    expect((await readdir(join(root, 'whole'), { recursive: true })).sort()).toEqual(before);
    const json = await isometryHere(command('whole', ['--only=mobilenet', '--plan', '--json']));
    expect(JSON.parse(json.stdout)).toMatchObject({ done: [{ seed: 1 }, { seed: 1 }] });
    await isometryHere(command('never', ['--only=mobilenet', '--plan']));
    expect(existsSync(join(root, 'never'))).toBe(false);
  });

  it(
    'plans into a budget by what cells took, and leaves the rest for the next time',
    async () => {
      const { code, stderr, stdout } = await isometryHere(
        command('whole', ['--only=mobilenet', '--seeds=1', '--budget=1s']),
      );
      expect(code).toBe(0);
      expect(stderr).toContain('plan: 0 cells to do');
      expect(stderr).toMatch(
        /beyond the budget of 1 s: 2 cells, of which the shortest takes at most \d+ s: give more time\n/u,
      );
      expect(stderr).toContain('mobilenet/triplet seed 1');
      expect(stderr).toContain('2 cells left: run the same command again');
      expect(stdout).toContain('report: ');
      expect((await readReport('whole')).missing).toHaveLength(2);
    },
    TIMEOUT,
  );

  it(
    'measures a step where nothing like a cell is done, and leaves nothing of it behind',
    async () => {
      const { code, stderr } = await isometryHere(
        command('whole', ['--only=resnet50/triplet', '--seeds=1', '--budget=1s', '--plan']),
      );
      expect(code).toBe(0);
      expect(stderr).toContain('measure resnet50/triplet/seed-1');
      expect(stderr).toContain('beyond the budget of 1 s: 1 cell');
      expect(await readdir(join(root, 'whole'))).not.toContainEqual(
        expect.stringMatching(/measure/u),
      );
    },
    TIMEOUT,
  );

  it('refuses other options for the same folder, cells that nobody knows, and a file for all backbones', async () => {
    const other = await isometryHere([...command('whole'), '--epochs=2']);
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('epochs 1, not 2: they would not compare');
    const unknown = await isometryHere(command('whole', ['--only=vgg16']));
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('mobilenet, inceptionv3, resnet50');
    const file = await isometryHere([...command('new'), '--weights=weights.h5']);
    expect(file).toMatchObject({ code: 2 });
    expect(file.stderr).toContain('names no backbone');
    const size = await isometryHere([...command('new'), '--size=9999', '--plan']);
    expect(size).toMatchObject({ code: 2 });
    expect(size.stderr).toContain('size is 9999');
    expect(existsSync(join(root, 'new'))).toBe(false);
  });

  it('refuses to write among the images, where figures would be a class', async () => {
    const { code, stderr } = await isometryHere([
      'reproduce',
      images,
      '--out',
      join(images, 'reproduction'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--out');
  });

  it(
    'takes a run that isometry train made with the same options, and no other',
    async () => {
      const folder = join(root, 'adopted/cells/mobilenet/triplet/seed-1');
      const recipe = RECIPE.filter((option) => option !== '--epochs=1');
      const train = (epochs: number): Promise<{ code: number }> =>
        isometryHere([
          'train',
          images,
          '--out',
          join(folder, 'run'),
          ...recipe,
          `--epochs=${epochs}`,
          '--protocol=paper',
          '--loss=triplet',
          '--backbone=mobilenet',
          '--seed=1',
          '--overwrite',
        ]);
      expect(await train(2)).toMatchObject({ code: 0 });
      const adopt = command('adopted', ['--only=mobilenet/triplet', '--seeds=1']);
      const refused = await isometryHere(adopt);
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.stderr).toContain('was trained with epochs 2, not 1');
      expect(await train(1)).toMatchObject({ code: 0 });
      const taken = await isometryHere(adopt);
      expect(taken).toMatchObject({ code: 0 });
      expect(taken.stderr).toContain('trained already, to be evaluated: 1 cell');
      expect(taken.stderr).not.toContain('train-embedding');
    },
    TIMEOUT,
  );

  it('goes on from a cell.json that was cut off, and names a cell that is damaged', async () => {
    const folder = join(root, 'adopted/cells/mobilenet/triplet/seed-1');
    await writeFile(join(folder, 'cell.json'), '');
    const again = await isometryHere(command('adopted', ['--only=mobilenet/triplet', '--seeds=1']));
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain('trained already, to be evaluated: 1 cell');
    await rm(join(folder, 'run/config.json'));
    const damaged = await isometryHere(command('adopted', ['--report']));
    expect(damaged.code).toBe(5);
    expect(damaged.stderr).toMatch(
      /error RUN_INVALID: .*config\.json[\s\S]*hint: Remove .*seed-1/u,
    );
  });

  it('refuses a cell that was copied to another’s place', async () => {
    const cells = join(root, 'whole/cells/mobilenet');
    await cp(join(cells, CELLS[0] as string), join(cells, 'contrastive/seed-1'), {
      recursive: true,
    });
    const { code, stderr } = await isometryHere(command('whole', ['--report']));
    await rm(join(cells, 'contrastive'), { recursive: true });
    expect(code).toBe(5);
    expect(stderr).toContain('holds another cell than its name says');
  });

  it(
    'refuses other images before it trains, and leaves nothing of the attempt',
    async () => {
      const more = join(root, 'more-images');
      await cp(images, more, { recursive: true });
      const [name] = await readdir(join(more, 'wart'));
      await rm(join(more, 'wart', name as string));
      const args = command('whole', ['--only=mobilenet/triplet', '--seeds=1']);
      const { code, stderr } = await isometryHere(args.map((arg) => (arg === images ? more : arg)));
      expect(code).toBe(5);
      expect(stderr).toContain(
        'The images are not those that the finished cells were trained with',
      );
      expect(existsSync(join(root, 'whole/cells/mobilenet/triplet/seed-1'))).toBe(false);
    },
    TIMEOUT,
  );

  it('reports a training that failed with its reason, whenever that was', async () => {
    const folder = join(root, 'whole/cells/mobilenet/triplet/seed-1');
    await mkdir(folder, { recursive: true });
    const message = 'The loss became NaN in epoch 1.';
    await writeFile(join(folder, 'failed.json'), JSON.stringify({ version: 1, message }));
    const { code } = await isometryHere(
      command('whole', ['--report', '--only=mobilenet/triplet/1']),
    );
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect((await readReport('whole')).missing).toEqual([
      { backbone: 'mobilenet', loss: 'triplet', seed: 1, reason: message },
    ]);
    expect(await readFile(join(root, 'whole/report/index.html'), 'utf8')).toContain(message);
  });

  it('refuses a second process in the same folder, and names the first', async () => {
    const lock = join(root, 'whole', '.lock');
    const { hostname } = await import('node:os');
    await writeFile(lock, `${hostname()} ${process.pid} x\n`);
    const { code, stderr } = await isometryHere(command('whole', [ONLY, '--seeds=1']));
    await rm(lock);
    expect(code).toBe(2);
    expect(stderr).toContain(`is being worked on by process ${process.pid}`);
  });

  it('reports what there is with --report, and nothing of an empty folder that is wrong', async () => {
    const { code, stderr } = await isometryHere(command('empty', ['--report']));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect((await readReport('empty')).rows).toEqual([]);
    expect(await readFile(join(root, 'empty/report/index.html'), 'utf8')).toContain(
      'No training is finished yet',
    );
  });

  it('says first what is wrong with the images', async () => {
    const { code, stderr } = await isometryHere([
      'reproduce',
      join(images, 'corn'),
      '--out',
      join(root, 'wrong'),
      ONLY,
    ]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/error DATASET_(?:EMPTY|TOO_FEW_CLASSES)/u);
  });
});
