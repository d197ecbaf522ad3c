import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isIsometryError } from '@isometry/core';
import { openExternalData } from '@isometry/export';
import {
  decodeModel,
  encodeExternal,
  encodeModel,
  floatTensor,
  int64Tensor,
  type EncodedModel,
  type OnnxModel,
  type OnnxTensor,
} from '@isometry/onnx';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';
import { randomValues } from './layers-model.ts';

const SCRIPT = join(import.meta.dirname, 'judge_external.py');
const SIDE = 'model.onnx_data';

/** How many columns of 576 floats: 2.19 GB, more than protobuf holds. Takes 15 s, 2.2 GB of disk and twice that in memory. */
const HUGE_WIDTHS = process.env['ISOMETRY_FULL'] === '1' ? [950_000] : [];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-external-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What judge_external.py prints. */
interface Verdict {
  readonly outside: readonly (readonly [string, Readonly<Record<string, string>>])[];
  readonly outputs: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly same_tensors?: boolean;
  readonly same_outputs?: Readonly<Record<string, boolean>>;
}

/** Pixels of 3 x 8 x 8 through a convolution, a Reshape whose shape stays inside, and a Gemm of `width` columns. */
function network(width: number, kernel: OnnxTensor): OnnxModel {
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    metadata: new Map([['key', 'value']]),
    graph: {
      name: 'external',
      nodes: [
        { name: 'conv', opType: 'Conv', inputs: ['x', 'w'], outputs: ['convolved'] },
        { name: 'flat', opType: 'Reshape', inputs: ['convolved', 'shape'], outputs: ['row'] },
        { name: 'gemm', opType: 'Gemm', inputs: ['row', 'kernel', 'bias'], outputs: ['y'] },
      ],
      initializers: [
        floatTensor('w', [16, 3, 3, 3], randomValues(16 * 27, 1)),
        int64Tensor('shape', [0, 576]),
        kernel,
        floatTensor('bias', [width], randomValues(width, 2)),
      ],
      inputs: [
        {
          name: 'x',
          dataType: 'float32',
          dims: [{ size: 'N' }, { size: 3 }, { size: 8 }, { size: 8 }],
        },
      ],
      outputs: [{ name: 'y', dataType: 'float32', dims: [{ size: 'N' }, { size: width }] }],
    },
  };
}

/** A float tensor's bytes, to compare as they are. */
function bytesOf(tensor: ort.Tensor | undefined): Buffer {
  const data = tensor?.data;
  if (!(data instanceof Float32Array)) throw new TypeError('no floats');
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

async function write(name: string, { model, data }: EncodedModel): Promise<string> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, SIDE), data);
  await writeFile(join(folder, name, 'model.onnx'), model);
  return join(folder, name, 'model.onnx');
}

describe('a model with a side file', () => {
  const model = network(700, floatTensor('kernel', [576, 700], randomValues(576 * 700, 3)));
  const encoded = encodeExternal(model, { location: SIDE, thresholdBytes: 100_000 });
  const input = randomValues(2 * 192, 4);

  it('is what onnx and onnxruntime in Python take it for', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const path = await write('judged', encoded);
    const [whole, pixels] = [join(folder, 'whole.onnx'), join(folder, 'pixels')];
    await Promise.all([writeFile(whole, encodeModel(model)), writeFile(pixels, input)]);
    const verdict = JSON.parse(await runJudge(SCRIPT, [path, whole, pixels, '2x3x8x8'])) as Verdict;
    expect(verdict.same_tensors).toBe(true);
    expect(verdict.same_outputs).toEqual({ y: true });
    expect(verdict.outside).toEqual([
      ['w', { location: SIDE, offset: '0', length: '1728' }],
      ['kernel', { location: SIDE, offset: '65536', length: '1612800' }],
      ['bias', { location: SIDE, offset: '1679360', length: '2800' }],
    ]);
  });

  it('runs in onnxruntime-node by its path, and from memory', async () => {
    const path = await write('run', encoded);
    const feeds = { x: new ort.Tensor('float32', input, [2, 3, 8, 8]) };
    const answers = await Promise.all(
      [
        ort.InferenceSession.create(encodeModel(model)),
        ort.InferenceSession.create(path),
        ort.InferenceSession.create(encoded.model, {
          externalData: [{ path: SIDE, data: new Uint8Array(Buffer.concat(encoded.data)) }],
        }),
      ].map(async (opening) => {
        const session = await opening;
        const { y } = await session.run(feeds);
        await session.release();
        return bytesOf(y);
      }),
    );
    expect(answers[0]?.length).toBe(2 * 700 * 4);
    expect(answers.map((answer) => Buffer.compare(answer, answers[0] ?? Buffer.of()))).toEqual([
      0, 0, 0,
    ]);
  });

  it('is read again from its folder', async () => {
    await write('read', encoded);
    const side = openExternalData(join(folder, 'read'));
    const decoded = decodeModel(encoded.model, { readExternal: side.read });
    side.close();
    const same = decoded.graph.initializers.map(
      ({ data }, index) =>
        Buffer.compare(data, model.graph.initializers[index]?.data ?? data) === 0,
    );
    expect(same).toEqual([true, true, true, true]);
    expect(Buffer.compare(encodeModel(decoded), encodeModel(model))).toBe(0);
  });

  it('is refused when the side file is missing, short, a folder, or a link', async () => {
    const base = join(folder, 'broken');
    await mkdir(join(base, 'folder'), { recursive: true });
    await writeFile(join(base, 'short'), new Uint8Array(1000));
    await writeFile(join(folder, 'elsewhere'), new Uint8Array(2_000_000));
    await symlink(join(folder, 'elsewhere'), join(base, 'link'));
    await symlink(folder, join(base, 'out'));
    const codeOf = (location: string): string => {
      const { model: bytes } = encodeExternal(model, { location, thresholdBytes: 0 });
      const side = openExternalData(base);
      try {
        decodeModel(bytes, { readExternal: side.read });
        return 'ok';
      } catch (error) {
        if (!isIsometryError(error)) throw error;
        return error.code;
      } finally {
        side.close();
      }
    };
    expect(
      ['missing', 'short', 'folder', 'link', 'out/elsewhere'].map((name) => codeOf(name)),
    ).toEqual([
      'FILE_NOT_FOUND',
      'MODEL_INVALID',
      'MODEL_INVALID',
      'MODEL_INVALID',
      'MODEL_INVALID',
    ]);
  });

  it.for(HUGE_WIDTHS)(
    'of %d columns is written without a copy, checked by onnx and run by onnxruntime',
    { timeout: 600_000 },
    async (width, { skip }) => {
      skip(judgesPython() === undefined, NO_JUDGES);
      const kernel = new Float32Array(576 * width);
      kernel[0] = 1;
      kernel[kernel.length - 1] = 2;
      const huge = network(width, {
        name: 'kernel',
        dataType: 'float32',
        dims: [576, width],
        data: new Uint8Array(kernel.buffer),
      });
      expect(() => encodeModel(huge)).toThrow(expect.objectContaining({ code: 'MODEL_TOO_LARGE' }));
      const before = process.memoryUsage().arrayBuffers;
      const written = encodeExternal(huge, { location: SIDE });
      // The kernel is there already; what is new is the bias and less than 64 KiB of zeros.
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6);
      expect(written.dataSizeBytes).toBeGreaterThan(2 ** 31);
      const path = await write('huge', written);
      const pixels = join(folder, 'huge-pixels');
      await writeFile(pixels, randomValues(192, 4));
      const verdict = JSON.parse(await runJudge(SCRIPT, [path, '-', pixels, '1x3x8x8'])) as Verdict;
      expect(verdict.outside.map(([name]) => name)).toEqual(['w', 'kernel', 'bias']);
      const session = await ort.InferenceSession.create(path);
      const { y } = await session.run({
        x: new ort.Tensor('float32', randomValues(192, 4), [1, 3, 8, 8]),
      });
      await session.release();
      const [row] = verdict.outputs['y'] ?? [];
      const bias = randomValues(width, 2);
      const ours = bytesOf(y);
      // Column 0 takes the row's first value once, the last column its last value twice; the rest is the bias alone.
      const columns = [ours.readFloatLE(0), ours.readFloatLE((width - 1) * 4)];
      expect(columns).toEqual([row?.[0], row?.[width - 1]]);
      expect(columns).not.toEqual([bias[0], bias[width - 1]]);
      expect(Buffer.compare(ours.subarray(4, -4), Buffer.from(bias.buffer).subarray(4, -4))).toBe(
        0,
      );
    },
  );
});
