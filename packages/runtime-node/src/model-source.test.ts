import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathWithSideFile, readModel, type ModelSource } from './model-source.ts';

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

  it('takes the variant of a folder that holds nothing else', async () => {
    const other = await mkdtemp(join(tmpdir(), 'isometry-'));
    await mkdir(join(other, 'onnx'));
    await writeFile(join(other, 'onnx', 'model_quantized.onnx'), Uint8Array.of(1));
    expect(await read(other)).toEqual(Uint8Array.of(1));
    await writeFile(join(other, 'onnx', 'model_fp16.onnx'), Uint8Array.of(2));
    expect(await read(other)).toEqual(Uint8Array.of(2));
    await rm(other, { recursive: true });
  });

  it('finds the path of a model with a side file', async () => {
    const path = join(folder, 'onnx', 'model.onnx');
    expect(await pathWithSideFile(folder)).toBeUndefined();
    await writeFile(`${path}_data`, BYTES);
    expect(await pathWithSideFile(folder)).toBe(path);
    expect(await pathWithSideFile(BYTES)).toBeUndefined();
    await rm(`${path}_data`);
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
