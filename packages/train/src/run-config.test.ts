import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOSS_NAMES } from './losses/loss-presets.ts';
import { keepOptions, resumeRunConfig, writeRunConfig } from './run-config.ts';
import { resolveSettings, type TrainOptions } from './train-options.ts';

let out = '';
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'isometry-config-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

async function start(given: Partial<TrainOptions>): Promise<TrainOptions> {
  const options = { images: 'photos', out, ...given };
  const text = writeRunConfig({
    options: keepOptions(options),
    settings: resolveSettings(options),
    dataDigest: 'data',
    splitDigest: 'split',
    weights: 'random',
    versions: {},
  });
  await writeFile(join(out, 'config.json'), text);
  return options;
}

describe('resumeRunConfig', () => {
  it.each(LOSS_NAMES)('knows %s again, given or not', async (loss) => {
    const options = await start({ loss, group: 'patient', seed: 3 });
    const settings = resolveSettings(options);
    expect((await resumeRunConfig(out, options)).settings).toEqual(settings);
    expect((await resumeRunConfig(out, { images: 'photos', out })).settings).toEqual(settings);
  });

  it('names the option that differs', async () => {
    const options = await start({ margin: 0.5, loss: 'triplet' });
    await expect(resumeRunConfig(out, { ...options, batchSize: 9 })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      details: { option: 'batchSize' },
    });
  });

  it('leaves open what the run left open, so that a small data set keeps its epochs', async () => {
    const options = await start({ patience: 4 });
    const { epochs } = resolveSettings(options);
    const resumed = await resumeRunConfig(out, { ...options, epochs, name: 'new' });
    expect(resumed.options).toEqual({ patience: 4, name: 'new' });
  });
});
