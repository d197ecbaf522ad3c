import type { RgbImage } from './sample-affine.ts';

/** One colour change. */
export interface ColourShift {
  /** Factors; 1 changes nothing. */
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hueDegrees: number;
}

/** Weights of a grey, and the matrices below: W3C Filter Effects Module 1, `feColorMatrix`. */
const GREY = [0.213, 0.715, 0.072] as const;

/** What turns a colour by 90 degrees around its grey (`hueRotate`, the sine's part). */
const QUARTER_HUE = [
  [-0.213, -0.715, 0.928],
  [0.143, 0.14, -0.283],
  [-0.787, 0.715, 0.072],
] as const;

/**
 * Changes an image's colours in place: brightness, then contrast around the mean grey, then saturation and
 * hue around each pixel's grey. All are linear, so they are one matrix and one rounding; values are cut to 0
 * to 255 once, at the end.
 */
export function shiftColour({ data }: RgbImage, shift: ColourShift): void {
  const gain = shift.brightness * shift.contrast;
  const offset = (1 - shift.contrast) * shift.brightness * meanGrey(data);
  const angle = (shift.hueDegrees * Math.PI) / 180;
  const keep = shift.saturation * Math.cos(angle);
  const turn = shift.saturation * Math.sin(angle);
  const matrix = QUARTER_HUE.flatMap((row, to) =>
    row.map((quarter, from) => {
      const grey = GREY[from] as number;
      return gain * (grey + keep * ((to === from ? 1 : 0) - grey) + turn * quarter);
    }),
  );
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = matrix as [
    ...[number, number, number],
    ...[number, number, number],
    ...[number, number, number],
  ];
  // Rounds (half to even) and cuts to 0 to 255 in the engine.
  const out = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at] as number;
    const green = data[at + 1] as number;
    const blue = data[at + 2] as number;
    out[at] = rr * red + rg * green + rb * blue + offset;
    out[at + 1] = gr * red + gg * green + gb * blue + offset;
    out[at + 2] = br * red + bg * green + bb * blue + offset;
  }
}

function meanGrey(data: Uint8Array): number {
  let [red, green, blue] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 3) {
    red += data[at] as number;
    green += data[at + 1] as number;
    blue += data[at + 2] as number;
  }
  return (GREY[0] * red + GREY[1] * green + GREY[2] * blue) / (data.length / 3);
}
