import { describe, expect, it } from 'vitest';
import { embeddingProblem, scoreProblem } from './output-problem.ts';

const bounds = { embedding: 1e-3, cosine: 1e-6, probability: 1e-3, logit: 1e-1 };
const reference = Float32Array.of(3, 4);

describe('embeddingProblem', () => {
  it('asks for the same bits when the bounds are exact', () => {
    expect(embeddingProblem(reference, reference.slice(), 'exact')).toBeUndefined();
    expect(embeddingProblem(reference, Float32Array.of(3, 4.0000005), 'exact')).toBe(
      'off by 1 ULP',
    );
    expect(embeddingProblem(Float32Array.of(0), Float32Array.of(-0), 'exact')).toBeDefined();
  });

  it('bounds the length of the difference and the angle', () => {
    expect(embeddingProblem(reference, Float32Array.of(3, 4.004), bounds)).toBeUndefined();
    expect(embeddingProblem(reference, Float32Array.of(3, 4.006), bounds)).toMatch(/0\.0012/);
    expect(
      embeddingProblem(reference, Float32Array.of(3, 4.004), { ...bounds, cosine: 1e-9 }),
    ).toMatch(/1 - cos/);
  });

  it('takes NaN for a problem', () => {
    expect(embeddingProblem(reference, Float32Array.of(3, Number.NaN), bounds)).toBeDefined();
    expect(
      scoreProblem('probability', reference, Float32Array.of(3, Number.NaN), bounds),
    ).toBeDefined();
  });
});

describe('scoreProblem', () => {
  it('bounds the largest difference', () => {
    expect(
      scoreProblem(
        'probability',
        Float32Array.of(0.5, 0.5),
        Float32Array.of(0.5005, 0.4995),
        bounds,
      ),
    ).toBeUndefined();
    expect(
      scoreProblem('probability', Float32Array.of(0.5, 0.5), Float32Array.of(0.502, 0.498), bounds),
    ).toMatch(/0\.00[12]/);
    expect(scoreProblem('probability', reference, reference.slice(), 'exact')).toBeUndefined();
  });
});
