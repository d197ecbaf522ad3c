/** 8-bit RGB, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes. */
  readonly data: Uint8Array;
}

/**
 * Where each pixel comes from: the point (u, v) of the result, in pixels from its top left corner, is the
 * point `(xu * u + xv * v + x0, yu * u + yv * v + y0)` of the image. Pixel centres lie at halves.
 */
export interface Affine {
  readonly xu: number;
  readonly xv: number;
  readonly x0: number;
  readonly yu: number;
  readonly yv: number;
  readonly y0: number;
}

/** Fraction bits of a position. A step's rounding adds up to 0.004 px over 512 pixels. */
const POSITION_BITS = 16;
const ONE = 2 ** POSITION_BITS;

/** Fraction bits of a weight: two of them and a byte fill 24 bits. */
const WEIGHT_BITS = 8;
const WEIGHT_ONE = 2 ** WEIGHT_BITS;
const TO_WEIGHT = POSITION_BITS - WEIGHT_BITS;
const HALF_WEIGHT = 2 ** (TO_WEIGHT - 1);

/**
 * Samples an image of the same size along `map`, bilinearly, in integers: a map that takes pixel centres
 * to pixel centres (flips, quarter turns) copies exactly. What lies outside is the image mirrored at its
 * edges: a constant colour would draw an edge across every turned photo that no test photo has.
 * @param into as long as `image.data`, and not the same array
 */
export function sampleAffine(image: RgbImage, map: Affine, into: Uint8Array): void {
  const { width, height, data } = image;
  const stepX = Math.round(map.xu * ONE);
  const stepY = Math.round(map.yu * ONE);
  const stride = width * 3;
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    const v = row + 0.5;
    let x = Math.round((map.xu * 0.5 + map.xv * v + map.x0 - 0.5) * ONE) + HALF_WEIGHT;
    let y = Math.round((map.yu * 0.5 + map.yv * v + map.y0 - 0.5) * ONE) + HALF_WEIGHT;
    for (let column = 0; column < width; column += 1, x += stepX, y += stepY, to += 3) {
      let left = x >> POSITION_BITS;
      let top = y >> POSITION_BITS;
      const right = (x >> TO_WEIGHT) & (WEIGHT_ONE - 1);
      const bottom = (y >> TO_WEIGHT) & (WEIGHT_ONE - 1);
      let toRight = 3;
      let below = stride;
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) {
        const [otherLeft, otherTop] = [mirror(left + 1, width), mirror(top + 1, height)];
        left = mirror(left, width);
        top = mirror(top, height);
        toRight = (otherLeft - left) * 3;
        below = (otherTop - top) * stride;
      }
      const a = top * stride + left * 3;
      const b = a + toRight;
      const c = a + below;
      const d = c + toRight;
      const wa = (WEIGHT_ONE - right) * (WEIGHT_ONE - bottom);
      const wb = right * (WEIGHT_ONE - bottom);
      const wc = (WEIGHT_ONE - right) * bottom;
      const wd = right * bottom;
      for (let channel = 0; channel < 3; channel += 1) {
        into[to + channel] =
          ((data[a + channel] as number) * wa +
            (data[b + channel] as number) * wb +
            (data[c + channel] as number) * wc +
            (data[d + channel] as number) * wd +
            WEIGHT_ONE * (WEIGHT_ONE / 2)) >>
          (2 * WEIGHT_BITS);
      }
    }
  }
}

/** Position `index` of the endless image …2 1 0 0 1 2 … n-1 n-1 n-2… */
function mirror(index: number, size: number): number {
  const period = 2 * size;
  const inside = ((index % period) + period) % period;
  return inside < size ? inside : period - 1 - inside;
}
