/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** One straight-alpha sample over a background sample, rounded to nearest: all four 0 to 255. */
export function composite(sample: number, alpha: number, background: number): number {
  return Math.floor((sample * alpha + background * (255 - alpha) + 127) / 255);
}

/** Composites interleaved straight RGBA over `background`. Returns interleaved RGB. */
export function compositeRgba(
  rgba: Uint8Array | Uint8ClampedArray,
  background: Colour,
): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  const [red, green, blue] = background;
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number;
    rgb[to] = composite(rgba[from] as number, alpha, red);
    rgb[to + 1] = composite(rgba[from + 1] as number, alpha, green);
    rgb[to + 2] = composite(rgba[from + 2] as number, alpha, blue);
  }
  return rgb;
}
