import type { ModelSession } from '@isometry/core';
import { quantizeInt8, toFloat16, type ImageBatch } from '@isometry/export';
import { floatTensor } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { valuesOf } from './onnx-session.ts';
import { buildPrecisionModel, pictures, SIDE } from './precision-model.ts';
import { changed, errorOf, openCpu, outputsOf, quick, tensorOf } from './precision-variant.ts';

describe('quantizeInt8 refuses', () => {
  const refused = { code: 'OPTION_INVALID' };

  it.for([Number.NaN, Infinity])('weights of %f', async (value) => {
    const model = changed('left/kernel', (count) => Array.from({ length: count }, () => value));
    await expect(quantizeInt8(model, quick)).rejects.toMatchObject({
      ...refused,
      details: { node: 'left' },
    });
  });

  it('no images at all, whether there is no batch or an empty one', async () => {
    const empty: ImageBatch = {
      tensor: { data: new Float32Array(), dims: [0, 3, SIDE, SIDE] },
      digests: [],
    };
    for (const batches of [[], [empty]]) {
      const failing = quantizeInt8(buildPrecisionModel(), { ...quick, calibration: () => batches });
      await expect(failing).rejects.toMatchObject({
        ...refused,
        details: { option: 'calibration' },
      });
    }
  });

  it('digests that are not one an image', async () => {
    const batch = { ...pictures(2, 1), digests: ['a'] };
    await expect(
      quantizeInt8(buildPrecisionModel(), { ...quick, calibration: () => [batch] }),
    ).rejects.toMatchObject(refused);
  });

  it('an image that is not a number', async () => {
    const batch = pictures(2, 1);
    batch.tensor.data[7] = Number.NaN;
    await expect(
      quantizeInt8(buildPrecisionModel(), { ...quick, calibration: () => [batch] }),
    ).rejects.toMatchObject(refused);
  });

  it('a model that is quantised or float16 already', async () => {
    const { model } = await quantizeInt8(buildPrecisionModel(), quick);
    await expect(quantizeInt8(model, quick)).rejects.toMatchObject(refused);
    await expect(quantizeInt8(toFloat16(buildPrecisionModel()), quick)).rejects.toMatchObject(
      refused,
    );
    expect(() => toFloat16(model)).toThrow(expect.objectContaining(refused));
  });

  it('to go on after an abort, at every stage', async () => {
    for (const stage of ['calibrate', 'choose-ranges', 'search']) {
      const abort = new AbortController();
      const failing = quantizeInt8(buildPrecisionModel(), {
        ...quick,
        validation: [pictures(4, 5)],
        maxDivergence: 0,
        maxSizeShare: 1,
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) abort.abort();
        },
      });
      await expect(failing).rejects.toMatchObject({ code: 'ABORTED' });
    }
  });
});

describe('int8 survives', () => {
  it('channels whose weights are all zero, and keeps their bias', async () => {
    const model = changed('left/kernel', (count) =>
      Array.from({ length: count }, (_, index) => (index < count / 2 ? 0 : 0.1)),
    );
    const { model: small } = await quantizeInt8(model, quick);
    const { tensor } = pictures(4, 3);
    expect(
      errorOf(await outputsOf(model, tensor), await outputsOf(small, tensor), 'embedding'),
    ).toBeLessThan(0.02); // measured: 0.007
  });

  it.for([
    { name: 'nothing', bias: -100 },
    { name: 'a constant', bias: 3 },
  ])('an activation that is always $name', async ({ bias }) => {
    const silent = buildPrecisionModel({
      change: (tensor) => {
        if (tensor.name === 'left/kernel') return { ...tensor, data: tensor.data.map(() => 0) };
        return tensor.name === 'left/bias'
          ? floatTensor(tensor.name, tensor.dims, new Float32Array(8).fill(bias))
          : tensor;
      },
    });
    const { model: small } = await quantizeInt8(silent, quick);
    const { tensor } = pictures(4, 3);
    expect(
      errorOf(await outputsOf(silent, tensor), await outputsOf(small, tensor), 'embedding'),
    ).toBeLessThan(0.02); // measured: 0.007
  });

  it('black images only', async () => {
    const black: ImageBatch = {
      tensor: { data: new Float32Array(2 * 3 * SIDE * SIDE), dims: [2, 3, SIDE, SIDE] },
      digests: ['a', 'b'],
    };
    const { model: small } = await quantizeInt8(buildPrecisionModel(), {
      ...quick,
      calibration: () => [black],
    });
    const outputs = await outputsOf(small, pictures(2, 3).tensor);
    expect(valuesOf(outputs, 'probabilities').every(Number.isFinite)).toBe(true);
  });

  it('a processor whose int8 arithmetic saturates: weights of 7 bits', async () => {
    // Such a processor's session: the sums of the probe are a third too small.
    const saturating = async (bytes: Uint8Array): Promise<ModelSession> => {
      const session = await openCpu(bytes);
      return {
        ...session,
        run: async (feeds, outputs, options) => {
          const found = await session.run(feeds, outputs, options);
          const sums = found['sums'];
          return sums === undefined
            ? found
            : { sums: { ...sums, data: sums.data.map((sum) => 0.67 * sum) } };
        },
      };
    };
    const model = buildPrecisionModel();
    const { model: small, report } = await quantizeInt8(model, {
      ...quick,
      createSession: saturating,
    });
    expect(report.reduceRange).toBe(true);
    const values = new Int8Array(
      tensorOf(small, 'last/weight/quantized')?.data.slice().buffer ?? [],
    );
    expect(Math.max(...values.map(Math.abs))).toBe(63);
    const chosen = await quantizeInt8(model, {
      ...quick,
      createSession: saturating,
      reduceRange: false,
    });
    expect(chosen.report.reduceRange).toBe(false);
  });
});
