import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '@isometry/core';
import { augmentImage } from './augment.ts';
import { assertAugmentation, type AugmentationConfig } from './augmentation-config.ts';
import type { RgbImage } from './sample-affine.ts';

const OFF: AugmentationConfig = {
  flip: false,
  quarterTurns: false,
  rotateDegrees: 0,
  crop: 1,
  colour: { brightness: 0, contrast: 0, saturation: 0 },
};

function noise(width: number, height: number): RgbImage {
  const random = createRandom(1, 'noise');
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.next() * 256);
  return { width, height, data };
}

/** Red grows to the right by `slope` a pixel, green downwards; blue is 100. */
function ramp(size: number, slope: number): RgbImage {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return [slope * (pixel % size), slope * Math.floor(pixel / size), 100][at % 3] as number;
  });
  return { width: size, height: size, data };
}

function vary(image: RgbImage, config: AugmentationConfig, seed: number): Uint8Array {
  const into = new Uint8Array(image.data.length);
  augmentImage(image, config, createRandom(seed, 'vary'), into);
  return into;
}

/** Moves whole pixels: `from` says where the pixel at (column, row) comes from. */
function move(
  { width, height, data }: RgbImage,
  from: (column: number, row: number) => readonly [number, number],
): string {
  const moved = new Uint8Array(data.length);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [x, y] = from(column, row);
      const at = (y * width + x) * 3;
      moved.set(data.subarray(at, at + 3), (row * width + column) * 3);
    }
  }
  return moved.join();
}

/** Draws as it is told to. */
function scripted(...values: readonly number[]): Random {
  let next = 0;
  const source = createRandom(1, 'unused');
  return { ...source, next: () => values[next++] ?? 0.5 };
}

describe('augmentImage', () => {
  it('changes nothing when everything is off', () => {
    const image = noise(7, 5);
    for (let seed = 0; seed < 20; seed += 1) expect(vary(image, OFF, seed)).toEqual(image.data);
  });

  it('flips and turns exactly, each of the eight ways an eighth of the time', () => {
    const image = noise(5, 5);
    const counts = new Map<string, number>();
    for (const turn of [0, 1, 2, 3]) {
      for (const flip of [false, true]) {
        const key = move(image, (column, row) => {
          let [x, y] = [column, row];
          for (let quarter = 0; quarter < turn; quarter += 1) [x, y] = [4 - y, x];
          return [flip ? 4 - x : x, y];
        });
        counts.set(key, 0);
      }
    }
    expect(counts.size).toBe(8);
    for (let seed = 0; seed < 1600; seed += 1) {
      const key = vary(image, { ...OFF, flip: true, quarterTurns: true }, seed).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(8);
    // 200 each, with a standard deviation of 13.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(53);
  });

  it('turns an oblong image by half turns only', () => {
    const image = noise(6, 3);
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      seen.add(vary(image, { ...OFF, flip: true, quarterTurns: true }, seed).join());
    }
    const ways = [
      (x: number, y: number) => [x, y] as const,
      (x: number, y: number) => [5 - x, y] as const,
      (x: number, y: number) => [x, 2 - y] as const,
      (x: number, y: number) => [5 - x, 2 - y] as const,
    ];
    expect(seen).toEqual(new Set(ways.map((way) => move(image, way))));
  });

  it('turns about the centre, bilinearly, by as much as it says', () => {
    const size = 32;
    const image = ramp(size, 8);
    const into = new Uint8Array(image.data.length);
    // Draws: flip, quarter, rotation (1 is the whole angle to one side), crop (4).
    augmentImage(image, { ...OFF, rotateDegrees: 30 }, scripted(0, 0, 1), into);
    const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    for (let row = 10; row < 22; row += 1) {
      for (let column = 10; column < 22; column += 1) {
        const [u, v] = [column + 0.5 - size / 2, row + 0.5 - size / 2];
        const at = (row * size + column) * 3;
        const red = 8 * (cos * u - sin * v + size / 2 - 0.5);
        const green = 8 * (sin * u + cos * v + size / 2 - 0.5);
        // Half a value of rounding, and positions in 256ths of a pixel (8 values): 0.016.
        expect(Math.abs((into[at] as number) - red)).toBeLessThan(0.54);
        expect(Math.abs((into[at + 1] as number) - green)).toBeLessThan(0.54);
        expect(into[at + 2]).toBe(100);
      }
    }
  });

  it('crops a box of the stated area inside the image', () => {
    const size = 64;
    const image = ramp(size, 3);
    for (let seed = 0; seed < 200; seed += 1) {
      const out = vary(image, { ...OFF, crop: 0.3 }, seed);
      const at = (column: number, row: number, channel: number): number =>
        out[(row * size + column) * 3 + channel] as number;
      // The ramp's slope over the middle tells the box' width and height, its ends tell where it lies.
      const boxWidth = (at(56, 32, 0) - at(8, 32, 0)) / 3 / 48;
      const boxHeight = (at(32, 56, 1) - at(32, 8, 1)) / 3 / 48;
      // One value of 3 * 48 either way.
      expect(boxWidth * boxHeight).toBeGreaterThan(0.3 - 0.015);
      expect(Math.max(boxWidth, boxHeight)).toBeLessThan(1.007);
      expect(boxWidth / boxHeight).toBeGreaterThan(0.75 - 0.03);
      expect(boxWidth / boxHeight).toBeLessThan(4 / 3 + 0.04);
      // Mirrored edges would make the ramp turn back.
      expect(at(63, 32, 0)).toBeGreaterThanOrEqual(at(60, 32, 0));
      expect(at(0, 32, 0)).toBeLessThanOrEqual(at(3, 32, 0));
    }
  });

  it('fills what lies outside with the mirrored image', () => {
    const image = noise(9, 9);
    const flat = { ...image, data: new Uint8Array(image.data.length).fill(77) };
    for (let seed = 0; seed < 20; seed += 1) {
      expect(new Set(vary(flat, { ...OFF, rotateDegrees: 180 }, seed))).toEqual(new Set([77]));
    }
    const strip = { width: 40, height: 1, data: noise(40, 1).data };
    expect(vary(strip, { ...OFF, rotateDegrees: 90 }, 3)).toHaveLength(120);
    const dot = { width: 1, height: 1, data: Uint8Array.of(9, 8, 7) };
    const all = { ...OFF, flip: true, quarterTurns: true, rotateDegrees: 90, crop: 0.2 };
    expect(vary(dot, all, 3)).toEqual(dot.data);
  });

  it('draws the same moves whatever else is on', () => {
    const image = noise(16, 16);
    const moves = { ...OFF, flip: true, quarterTurns: true };
    const colours = { ...moves, colour: { brightness: 0, contrast: 0, saturation: 1e-9 } };
    for (let seed = 0; seed < 20; seed += 1) {
      expect(vary(image, colours, seed)).toEqual(vary(image, moves, seed));
    }
  });
});

describe("augmentImage's colours", () => {
  const image = noise(16, 16);
  const grey = ([red, green, blue]: readonly number[]): number =>
    0.213 * (red as number) + 0.715 * (green as number) + 0.072 * (blue as number);

  it('multiply by the brightness', () => {
    const into = new Uint8Array(image.data.length);
    const config = { ...OFF, colour: { ...OFF.colour, brightness: 0.5 } };
    augmentImage(image, config, scripted(0, 0, 0, 0, 0, 0, 0, 1), into);
    expect(into).toEqual(
      new Uint8Array(new Uint8ClampedArray([...image.data].map((v) => v * 1.5))),
    );
  });

  it('pull towards the mean grey with less contrast, and keep it', () => {
    const into = new Uint8Array(image.data.length);
    const config = { ...OFF, colour: { ...OFF.colour, contrast: 1 } };
    augmentImage(image, config, scripted(0, 0, 0, 0, 0, 0, 0, 0.5, 0), into);
    const mean = grey([0, 1, 2].map((c) => average(image.data, c)));
    expect(new Set(into)).toEqual(new Set([Math.round(mean)]));
  });

  it('lose their colour without saturation, and turn around it with the hue', () => {
    const into = new Uint8Array(image.data.length);
    const config = { ...OFF, colour: { ...OFF.colour, saturation: 1, hue: 120 } };
    augmentImage(image, config, scripted(0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0, 0.5), into);
    const pixels = Array.from({ length: 256 }, (_, at) => [
      ...image.data.subarray(at * 3, at * 3 + 3),
    ]);
    expect(into).toEqual(
      Uint8Array.from(
        pixels.flatMap((pixel) => new Array<number>(3).fill(Math.round(grey(pixel)))),
      ),
    );
    const dull = { width: 1, height: 1, data: Uint8Array.of(130, 110, 120) };
    const turned = new Uint8Array(3);
    augmentImage(dull, config, scripted(0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 1), turned);
    expect(turned).not.toEqual(dull.data);
    // The grey stays, to the rounding of three values.
    expect(Math.abs(grey([...turned]) - grey([...dull.data]))).toBeLessThan(0.5);
  });
});

describe('assertAugmentation', () => {
  it.each([
    { rotateDegrees: -1 },
    { rotateDegrees: Number.NaN },
    { crop: 0 },
    { crop: 1.1 },
    { colour: { ...OFF.colour, brightness: 2 } },
    { colour: { ...OFF.colour, contrast: -0.1 } },
    { colour: { ...OFF.colour, saturation: Number.POSITIVE_INFINITY } },
    { colour: { ...OFF.colour, hue: 181 } },
  ])('refuses %j', (wrong) => {
    expect(() => assertAugmentation({ ...OFF, ...wrong })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(() => assertAugmentation(OFF)).not.toThrow();
  });
});

function average(data: Uint8Array, channel: number): number {
  const values = [...data].filter((_, at) => at % 3 === channel);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
