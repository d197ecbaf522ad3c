import type { ImageLimits } from '@isometry/pixels';
import { describe, expect, it } from 'vitest';
import { resolveWorkerdImageLimits, WORKERD_IMAGE_LIMITS } from './workerd-image-limits.ts';

describe('resolveWorkerdImageLimits', () => {
  it('takes what is given and leaves the rest', () => {
    expect(resolveWorkerdImageLimits()).toEqual(WORKERD_IMAGE_LIMITS);
    expect(resolveWorkerdImageLimits({ maxBytes: 7 })).toEqual({
      ...WORKERD_IMAGE_LIMITS,
      maxBytes: 7,
    });
  });

  it('keeps its own default for undefined, which plain JavaScript can pass', () => {
    const limits = { maxRasterPixels: undefined, maxPixels: undefined, maxBytes: undefined };
    expect(resolveWorkerdImageLimits(limits as unknown as Partial<ImageLimits>)).toEqual(
      WORKERD_IMAGE_LIMITS,
    );
  });
});
