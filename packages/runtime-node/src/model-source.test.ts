import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel, type ModelSource } from './model-source.ts';

const BYTES = Uint8Array.of(8, 8);

describe('readModel', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-'));
    await mkdir(join(folder, 'onnx'));
    await writeFile(join(folder, 'onnx', 'model.onnx'), BYTES);
  });

  afterAll(() => rm(folder, { recursive: true }));

  const read = (source: ModelSource): Promise<Uint8Array> => readModel(source, { maxBytes: 100 });

  it('takes a path, a file: URL, an exported folder and bytes', async () => {
    const file = join(folder, 'onnx', 'model.onnx');
    expect(await read(file)).toEqual(BYTES);
    expect(await read(pathToFileURL(file))).toEqual(BYTES);
    expect(await read(folder)).toEqual(BYTES);
    expect(await read(pathToFileURL(folder))).toEqual(BYTES);
    expect(await read(BYTES)).toBe(BYTES);
  });

  it('says which file is missing', async () => {
    await expect(read(join(folder, 'onnx'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      details: { path: join(folder, 'onnx', 'onnx', 'model.onnx') },
    });
  });

  it('keeps the limit', async () => {
    await expect(readModel(folder, { maxBytes: 1 })).rejects.toMatchObject({
      code: 'MODEL_TOO_LARGE',
      details: { sizeBytes: 2, maxBytes: 1 },
    });
  });

  it.each([[new URL('https://example.org/model.onnx')], [new URL('file:///a%2Fb')], [7], [null]])(
    'refuses %s',
    async (source) => {
      await expect(read(source as ModelSource)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        hint: expect.any(String),
      });
    },
  );
});
