import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '@isometry/core';
import { exportRun } from '@isometry/export';
import { createImageDecoder } from '@isometry/pixels';
import type { LayersModel } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { randomiseWeights } from './layers-model.ts';
import { buildMobileNet } from './mobilenet.ts';
import { openCpuSession } from './onnx-session.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const SIDE = 33;
const ports = { createSession: openCpuSession, decode: createImageDecoder() };
let folder: string;
let run: string;
let model: LayersModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-options-'));
  run = join(folder, 'run');
  model = buildMobileNet({ side: SIDE, normalise: true });
  randomiseWeights(model, 3);
  await writeRun(run, model, draftFor(SIDE, true));
});
afterAll(() => rm(folder, { recursive: true }));

describe('an export is refused for', () => {
  it.each([
    ['no precision', { precisions: [] }, /No precision/u],
    ['two precisions in one file', { out: 'one.onnx', precisions: ['fp32', 'fp16'] }, /One file/u],
    ['no images to calibrate on', { precisions: ['int8'] }, /there are none/u],
    ['calibration images below 1', { calibrationImages: 0 }, /calibrated on 0 images/u],
    ['half a calibration image', { calibrationImages: 1.5 }, /calibrated on 1.5 images/u],
    ['a place without a name', { out: '' }, /has no name/u],
    ['a drop below 0', { maxDrop: -0.01 }, /drop by -1 points/u],
    ['a drop of more than everything', { maxDrop: 1.5 }, /drop by 150 points/u],
    ['a drop that is no number', { maxDrop: Number.NaN }, /drop by NaN points/u],
  ] as const)('%s, before the run is read', async (_, options, message) => {
    const onProgress = vi.fn<(progress: Progress) => void>();
    const all = { ...ports, out: join(folder, 'out'), ...options, onProgress };
    await expect(exportRun(run, all)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(message) as string,
    });
    expect(await readdir(folder)).toEqual(['run']);
    expect(onProgress).not.toHaveBeenCalled();
  });

  it('a folder that holds the run', async () => {
    const place = await mkdtemp(join(tmpdir(), 'isometry-own-'));
    const own = join(place, 'run');
    await writeRun(own, model, draftFor(SIDE, true));
    await writeFile(join(own, 'config.json'), 'how it was trained');
    await symlink(own, join(place, 'link'));
    const before = await readdir(own);
    for (const out of [own, join(place, 'link')]) {
      // oxlint-disable-next-line no-await-in-loop
      await expect(exportRun(own, { ...ports, out })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringContaining('would replace files of the model') as string,
      });
    }
    expect(await readdir(own)).toEqual(before);
    await exportRun(own, { ...ports, out: join(own, 'model.onnx') });
    expect(await readFile(join(own, 'config.json'), 'utf8')).toBe('how it was trained');
    await rm(place, { recursive: true });
  });

  it('a place that a file takes, before the run is read', async () => {
    const place = await mkdtemp(join(tmpdir(), 'isometry-taken-'));
    await writeFile(join(place, 'file'), 'mine');
    const onProgress = vi.fn<(progress: Progress) => void>();
    const out = join(place, 'file', 'deep', 'model.onnx');
    const error: unknown = await exportRun(run, {
      ...ports,
      out,
      onProgress,
    }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'FILE_WRITE_FAILED',
      message: expect.stringContaining(`${join(place, 'file')} is no folder`) as string,
    });
    expect(onProgress).not.toHaveBeenCalled();
    await rm(place, { recursive: true });
  });

  it('a place where the system makes no folder, and at once', async () => {
    // Node 20's own recursive mkdir never comes back from Linux' /proc.
    const refused = process.platform === 'linux' ? '/proc' : join(run, 'run.json');
    const write = exportRun(run, { ...ports, out: join(refused, 'one', 'two') });
    await expect(write).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
  });
});
