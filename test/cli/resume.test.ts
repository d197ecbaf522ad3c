import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSyntheticImages } from '../../scripts/synthetic-images.mjs';
import { isometry, startIsometry } from './isometry-process.ts';

/** Each a process of its own that trains: seconds on a quiet machine, minutes on a loaded one. */
const TIMEOUT = 180_000;

/** A metric stage and fine-tuning, small: what is resumed is complete, not good. */
const RECIPE = [
  '--group=patient',
  '--size=32',
  '--width-multiplier=0.25',
  '--embedding-size=8',
  '--batch-size=9',
  '--epochs=2',
  '--classifier=fine-tune',
  '--classifier-epochs=2',
  '--checkpoint-seconds=0',
  '--name=resumed',
  '--seed=4',
];

describe('isometry train --resume', () => {
  let root = '';
  let images = '';
  const train = (out: string, more: readonly string[] = []): string[] => [
    'train',
    images,
    '--out',
    join(root, out),
    ...RECIPE,
    ...more,
  ];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'isometry-resume-'));
    images = join(root, 'images');
    await makeSyntheticImages({ out: images, counts: { corn: 12, wart: 14 }, size: 40 });
    await isometry(train('whole'));
  }, TIMEOUT);
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** What must not depend on how often a run was stopped. */
  const outcome = async (out: string) => {
    const text = (name: string): Promise<string> => readFile(join(root, out, name), 'utf8');
    const { predictions } = JSON.parse(await text('metrics.json')) as { predictions: unknown };
    return {
      log: await text('log.jsonl'),
      run: await text('run.json'),
      weights: (await readFile(join(root, out, 'weights.bin'))).toString('base64'),
      predictions,
    };
  };

  it.each([
    ['in the embedding stage', 'train-embedding'],
    ['in the classifier stage', 'fine-tune'],
  ])(
    'goes on after kill -9 %s, to the same weights and log',
    async (_, stage) => {
      const out = `killed-${stage}`;
      const { child, stderr, ended } = startIsometry(train(out));
      const checkpoint = join(root, out, 'checkpoints', 'last.safetensors');
      await vi.waitFor(
        async () => {
          expect(stderr()).toContain(`${stage}: `);
          await stat(checkpoint);
        },
        { timeout: TIMEOUT, interval: 20 },
      );
      child.kill('SIGKILL');
      await ended;
      expect(await readdir(join(root, out))).not.toContain('run.json');
      const resumed = await isometry(['train', images, '--out', join(root, out), '--resume']);
      expect(resumed).toMatchObject({ code: 0 });
      expect(resumed.stderr).toContain('goes on in stage');
      expect(await outcome(out)).toEqual(await outcome('whole'));
    },
    TIMEOUT,
  );

  it(
    'goes on after Ctrl-C, and says how',
    async () => {
      const { child, stderr, ended } = startIsometry(train('stopped'));
      await vi.waitFor(() => expect(stderr()).toContain('train-embedding: '), {
        timeout: TIMEOUT,
        interval: 20,
      });
      child.kill('SIGINT');
      const { code } = await ended;
      expect(code).toBe(130);
      expect(stderr()).toContain('--resume');
      expect(await isometry(train('stopped', ['--resume']))).toMatchObject({ code: 0 });
      expect(await outcome('stopped')).toEqual(await outcome('whole'));

      const again = await isometry(train('stopped', ['--resume']));
      expect(again.stderr).toContain('already holds a run');
    },
    TIMEOUT,
  );

  it(
    'refuses other options and other images than the run was started with',
    async () => {
      const { child, stderr, ended } = startIsometry(train('changed'));
      await vi.waitFor(() => expect(stderr()).toContain('train-embedding: '), {
        timeout: TIMEOUT,
        interval: 20,
      });
      child.kill('SIGINT');
      await ended;
      const option = await isometry([...train('changed'), '--resume', '--learning-rate=1']);
      expect(option.stderr).toMatch(/OPTION_INVALID: .*learningRate/);
      await rm(join(images, 'wart', (await readdir(join(images, 'wart')))[0] as string));
      const data = await isometry(train('changed', ['--resume']));
      expect(data.stderr).toContain('RUN_INVALID');
    },
    TIMEOUT,
  );
});
