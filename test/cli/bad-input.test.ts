import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeModel } from '@isometry/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isometryHere } from './isometry-here.ts';
import { fixture, isometry } from './isometry-process.ts';

const MODEL = fixture('model-v1.onnx');
const JPEG = fixture('images/jpeg-420.jpg');

describe('bad input', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-bad-'));
    await mkdir(at('empty'));
    await mkdir(at('one-class/a'), { recursive: true });
    for (const name of ['1.jpg', '2.jpg', '3.jpg']) await cp(JPEG, at(`one-class/a/${name}`));
    await cp(fixture('images/png-palette-8.png'), at('picture.onnx'));
    await writeFile(at('text.jpg'), 'not a picture');
    const model = await readFile(MODEL);
    await writeFile(at('half.onnx'), model.subarray(0, model.length / 2));
    const graph = { name: 'g', nodes: [], inputs: [], outputs: [], initializers: [] };
    await writeFile(
      at('bare.onnx'),
      encodeModel({
        irVersion: 8,
        opsets: [{ domain: '', version: 17 }],
        producerName: 'test',
        producerVersion: '1',
        metadata: new Map(),
        graph,
      }),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const CASES = [
    {
      what: 'a PNG named .onnx',
      args: ['classify', './picture.onnx', JPEG],
      error: 'MODEL_INVALID',
      exit: 5,
    },
    { what: 'half a model', args: ['inspect', './half.onnx'], error: 'MODEL_INVALID', exit: 5 },
    {
      what: 'a model without a manifest',
      args: ['inspect', './bare.onnx'],
      error: 'MANIFEST_MISSING',
      exit: 5,
    },
    {
      what: 'an absent model',
      args: ['classify', './absent.onnx', JPEG],
      error: 'FILE_NOT_FOUND',
      exit: 3,
    },
    {
      what: 'an absent model to inspect',
      args: ['inspect', './absent.onnx'],
      error: 'FILE_NOT_FOUND',
      exit: 3,
    },
    {
      what: 'a folder without a model',
      args: ['inspect', './empty'],
      error: 'FILE_NOT_FOUND',
      exit: 3,
    },
    {
      what: 'text named .jpg',
      args: ['classify', MODEL, './text.jpg'],
      error: 'IMAGE_UNSUPPORTED',
      exit: 4,
    },
    {
      what: 'more labels than there are',
      args: ['classify', MODEL, JPEG, '--top-k', '9'],
      error: 'OPTION_INVALID',
      exit: 2,
    },
    {
      what: 'an empty image folder',
      args: ['train', './empty', '--out', './run'],
      error: 'DATASET_EMPTY',
      exit: 4,
    },
    {
      what: 'one class',
      args: ['train', './one-class', '--out', './run'],
      error: 'DATASET_TOO_FEW_CLASSES',
      exit: 4,
    },
    {
      what: 'an absent image folder',
      args: ['train', './absent', '--out', './run'],
      error: 'FILE_NOT_FOUND',
      exit: 3,
    },
    {
      what: 'a run that is none',
      args: ['export', './empty', '--out', './out.onnx'],
      error: 'FILE_NOT_FOUND',
      exit: 3,
    },
    {
      what: 'an address of another machine',
      args: ['serve', MODEL, '--host', '192.0.2.1'],
      error: 'OPTION_INVALID',
      exit: 2,
    },
  ];

  /** Runs it in the folder of bad things, and says what a user saw and what is left there. */
  async function outcome(
    run: typeof isometryHere | typeof isometry,
    args: readonly string[],
  ): Promise<object> {
    const before = new Set(await readdir(folder));
    const result = await run(args.map((arg) => (arg.startsWith('./') ? at(arg) : arg)));
    const after = await readdir(folder);
    return {
      exit: result.code,
      error: /^error ([A-Z_]+): \S/m.exec(result.stderr)?.[1],
      stdout: result.stdout,
      hasHint: /^hint: \S/m.test(result.stderr),
      hasStack: /^\s+at /m.test(result.stderr),
      leftBehind: after.filter((name) => !before.has(name)),
    };
  }
  const CLEAN = { stdout: '', hasHint: true, hasStack: false, leftBehind: [] };

  it.each(CASES)('$what is $error, with a hint and no stack', async ({ args, error, exit }) => {
    expect(await outcome(isometryHere, args)).toEqual({ exit, error, ...CLEAN });
  });

  it.each(CASES.filter(({ what }) => ['a PNG named .onnx', 'one class'].includes(what)))(
    '$what ends the process with exit code $exit',
    async ({ args, error, exit }) => {
      expect(await outcome(isometry, args)).toEqual({ exit, error, ...CLEAN });
    },
  );
});
