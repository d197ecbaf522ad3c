import { describe, expect, it } from 'vitest';
import { normalizePixels } from './normalize-pixels.ts';

describe('normalizePixels', () => {
  it('is planar, and rounds once from double', () => {
    const mean = [0.485, 0.456, 0.406] as const;
    const std = [0.229, 0.224, 0.225] as const;
    const pixels = { width: 2, height: 1, data: Uint8Array.of(0, 1, 2, 253, 254, 255) };
    expect(normalizePixels(pixels, { mean, std })).toEqual(
      Float32Array.of(
        -0.485 / 0.229,
        (253 / 255 - 0.485) / 0.229,
        (1 / 255 - 0.456) / 0.224,
        (254 / 255 - 0.456) / 0.224,
        (2 / 255 - 0.406) / 0.225,
        (255 / 255 - 0.406) / 0.225,
      ),
    );
  });
});
