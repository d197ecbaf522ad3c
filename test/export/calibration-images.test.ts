import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRun, type ExportImage, type ExportResult } from '@isometry/export';
import { createImageDecoder } from '@isometry/pixels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../cli/isometry-process.ts';
import { randomiseWeights } from './layers-model.ts';
import { buildMobileNet } from './mobilenet.ts';
import { openCpuSession } from './onnx-session.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const SIDE = 33;
let folder: string;
let run: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-calibration-'));
  run = join(folder, 'run');
  const model = buildMobileNet({ side: SIDE, normalise: true });
  randomiseWeights(model, 3);
  await writeRun(run, model, draftFor(SIDE, true));
});
afterAll(() => rm(folder, { recursive: true }));

const sound: ExportImage = {
  id: 'sound',
  label: 0,
  read: () => readFile(fixture('images/jpeg-420.jpg')),
};
const broken: ExportImage = {
  id: 'broken',
  read: async () => (await sound.read()).subarray(0, 99),
};

async function quantised(
  calibration: readonly ExportImage[],
): Promise<{ result: ExportResult; warnings: readonly string[] }> {
  const warnings: string[] = [];
  const result = await exportRun(run, {
    out: join(folder, 'out.onnx'),
    precisions: ['int8'],
    images: { calibration, validation: [], test: [sound], testName: 'test' },
    createSession: openCpuSession,
    decode: createImageDecoder(),
    onWarning: (message) => warnings.push(message),
  });
  return { result, warnings };
}

describe('the images that int8 is calibrated on', () => {
  it('are left out where they cannot be read, and that is said once', async () => {
    const { result, warnings } = await quantised([sound, broken, sound]);
    expect(warnings[0]).toBe('1 of 3 calibration images cannot be read.');
    // A network of 900 kB is above 27 % of its size with every node in int8, and that is said too.
    expect(warnings.slice(1)).toEqual([expect.stringMatching(/^int8 takes 3\d\.\d % of/u)]);
    expect(result.manifest.export?.variant?.calibration?.images).toBe(2);
    expect((await quantised([sound])).warnings).toHaveLength(1);
  });

  it('are an error where none can be read, and nothing is written', async () => {
    const before = await readdir(folder);
    await expect(quantised([broken, broken])).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      details: { images: 2 },
    });
    expect(await readdir(folder)).toEqual(before);
  });
});
