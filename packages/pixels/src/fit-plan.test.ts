import { describe, expect, it } from 'vitest';
import { planFit } from './fit-plan.ts';
import { specWith } from './spec.case.ts';

function containedSize(width: number, height: number): number[] {
  const plan = planFit(width, height, 1, specWith({ fit: 'contain' }), false);
  return [plan.width, plan.height];
}

function scaleOf(width: number, height: number, jpegOversampling: number): number {
  return planFit(width, height, 1, specWith({ jpegOversampling }), true).scale;
}

describe('planFit', () => {
  it('stretch shows all of the image', () => {
    expect(planFit(30, 7, 1, specWith({}), false)).toEqual({
      scale: 1,
      box: { left: 0, top: 0, right: 30, bottom: 7 },
      width: 4,
      height: 4,
    });
  });

  it('cover takes the centre, with fractional edges as float32', () => {
    const plan = planFit(100, 50, 1, specWith({ fit: 'cover', width: 3, height: 7 }), false);
    const side = (50 * 3) / 7;
    expect(plan.box).toEqual({
      left: Math.fround((100 - side) / 2),
      top: 0,
      right: Math.fround((100 + side) / 2),
      bottom: 50,
    });
    expect(plan.box.left).not.toBe((100 - side) / 2);
  });

  it('contain keeps the aspect ratio, rounds halves up and leaves at least one pixel', () => {
    expect(containedSize(100, 50)).toEqual([4, 2]);
    expect(containedSize(8, 5)).toEqual([4, 3]);
    expect(containedSize(1, 1)).toEqual([4, 4]);
    expect(containedSize(3, 4000)).toEqual([1, 4]);
  });

  it('swaps the target for an image that lies on its side', () => {
    const spec = specWith({ width: 20, height: 10 });
    expect(planFit(40, 80, 5, spec, false)).toMatchObject({ width: 10, height: 20 });
    expect(planFit(40, 80, 4, spec, false)).toMatchObject({ width: 20, height: 10 });
  });

  it('scales a JPEG while that leaves the oversampling in both directions', () => {
    expect(scaleOf(64, 64, 2)).toBe(8);
    expect(scaleOf(64, 63, 2)).toBe(4);
    expect(scaleOf(31, 64, 2)).toBe(2);
    expect(scaleOf(15, 64, 2)).toBe(1);
    expect(scaleOf(32, 32, 1)).toBe(8);
    expect(planFit(640, 640, 1, specWith({}), false).scale).toBe(1);
  });

  it('keeps the fraction of a size that the scale does not divide', () => {
    const { box, scale } = planFit(71, 67, 1, specWith({}), true);
    expect({ scale, right: box.right, bottom: box.bottom }).toEqual({
      scale: 8,
      right: 71 / 8,
      bottom: 67 / 8,
    });
  });
});
