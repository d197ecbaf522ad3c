import { isIsometryError, wilsonInterval } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { reliabilityFigure, type ReliabilityBin } from './reliability.ts';

const bin: ReliabilityBin = { low: 0.8, high: 0.9, count: 20, confidence: 0.85, accuracy: 0.7 };

describe(reliabilityFigure, () => {
  it('gives every bin the interval of its share', () => {
    const { spec, description } = reliabilityFigure({ bins: [bin], ece: 0.15 });
    const { low, high } = wilsonInterval(14, 20);
    expect(JSON.stringify(spec)).toContain(`"from":${low},"to":${high}`);
    expect(description).toBe(
      'Expected calibration error 15.0%. 20 images with a mean confidence of 85%: 70% right.',
    );
  });

  it('passes over empty bins, whatever they hold', () => {
    const empty = { ...bin, count: 0, confidence: Number.NaN, accuracy: Number.NaN };
    const { spec } = reliabilityFigure({ bins: [empty, bin], ece: 0.15 });
    expect(JSON.stringify(spec)).not.toMatch(/"(?:confidence|accuracy|from|to)":null/u);
    expect(JSON.stringify(spec)).not.toContain('"count":0');
    expect(reliabilityFigure({ bins: [empty], ece: 0 }).caption).toContain('No image');
  });

  it.each([{ confidence: 1.2 }, { accuracy: Number.NaN }, { low: -0.1 }])('refuses %j', (bad) => {
    expect(() => reliabilityFigure({ bins: [{ ...bin, ...bad }], ece: 0.1 })).toThrow(
      expect.toSatisfy(
        (error: unknown) => isIsometryError(error) && error.code === 'OPTION_INVALID',
      ),
    );
  });
});
