import { describe, expect, it } from 'vitest';
import { compareArrays, worstDifference } from './difference.ts';

const f32 = (...values: number[]): Float32Array => Float32Array.from(values);

describe('compareArrays', () => {
  it('is all zeros for equal arrays, NaN and empty ones included', () => {
    const zero = { maxAbs: 0, meanAbs: 0, maxUlp: 0, relativeL2: 0, cosineDistance: 0 };
    expect(compareArrays(f32(1, -2, 0), f32(1, -2, 0))).toMatchObject(zero);
    expect(compareArrays(f32(Number.NaN), f32(Number.NaN))).toMatchObject(zero);
    expect(compareArrays(f32(), f32())).toMatchObject(zero);
    expect(compareArrays(f32(Infinity), f32(Infinity))).toMatchObject(zero);
  });

  it('counts the floats between two values, across zero too', () => {
    const next = 1 + 2 ** -23;
    expect(compareArrays(f32(1), f32(next)).maxUlp).toBe(1);
    expect(compareArrays(f32(-1), f32(-next)).maxUlp).toBe(1);
    const tiny = 2 ** -149;
    expect(compareArrays(f32(-tiny), f32(tiny)).maxUlp).toBe(2);
    expect(compareArrays(f32(-0), f32(0)).maxUlp).toBe(0);
  });

  it('finds the largest difference and where it is', () => {
    const difference = compareArrays(f32(3, 4, 0), f32(3, 4.5, 0.25));
    expect(difference).toMatchObject({ maxAbs: 0.5, maxAt: 1, meanAbs: 0.25, length: 3 });
    expect(difference.relativeL2).toBeCloseTo(Math.hypot(0.5, 0.25) / 5, 12);
  });

  it('measures the angle, not the length', () => {
    expect(compareArrays(f32(1, 0), f32(2, 0)).cosineDistance).toBe(0);
    expect(compareArrays(f32(1, 0), f32(0, 2)).cosineDistance).toBe(1);
    expect(compareArrays(f32(0, 0), f32(1, 0)).cosineDistance).toBe(1);
  });

  it('never lets a NaN or an all-zero output pass for a small difference', () => {
    const lost = compareArrays(f32(1, 2), f32(1, Number.NaN));
    expect(lost).toMatchObject({ maxAbs: Infinity, maxUlp: Infinity, cosineDistance: Infinity });
    expect(compareArrays(f32(1, 2), f32(0, 0)).relativeL2).toBe(1);
  });

  it('refuses arrays of different lengths', () => {
    expect(() => compareArrays(f32(1), f32(1, 2))).toThrow(
      expect.objectContaining({ code: 'TENSOR_INVALID' }),
    );
  });
});

describe('worstDifference', () => {
  it('takes the larger of each measure and weighs the mean by length', () => {
    const a = compareArrays(f32(1, 1, 1), f32(1, 1, 1.5));
    const b = compareArrays(f32(1), f32(1.25));
    expect(worstDifference([a, b])).toMatchObject({
      maxAbs: 0.5,
      maxAt: 2,
      meanAbs: (0.5 + 0.25) / 4,
      length: 4,
    });
  });

  it('refuses an empty list', () => {
    expect(() => worstDifference([])).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});
