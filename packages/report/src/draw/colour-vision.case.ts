/** Linear red, green and blue, 0 to 1. */
export type Linear = readonly [number, number, number];
type Lab = readonly [number, number, number];

/** A `#rrggbb` of sRGB. */
export function linearOf(hex: string): Linear {
  const channel = (start: number): number => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

export function luminance([red, green, blue]: Linear): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2's contrast ratio of two `#rrggbb`. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(linearOf(a)), luminance(linearOf(b))].sort((x, y) => y - x);
  return ((light as number) + 0.05) / ((dark as number) + 0.05);
}

/** How colours look: to most, and with one kind of cone missing (Machado, Oliveira and Fernandes 2009, severity 1). */
export const VISIONS: Readonly<Record<string, readonly Linear[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

export function seen(colour: Linear, vision: readonly Linear[]): Linear {
  const channel = (row: Linear): number =>
    Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]));
  return [channel(vision[0] as Linear), channel(vision[1] as Linear), channel(vision[2] as Linear)];
}

/** CIELAB under D65. */
export function labOf([red, green, blue]: Linear): Lab {
  const root = (value: number): number =>
    value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116;
  const x = root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = root(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = root((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const degrees = (angle: number): number => (angle * Math.PI) / 180;

function hue(b: number, a: number): number {
  const angle = (Math.atan2(b, a) * 180) / Math.PI;
  return angle < 0 ? angle + 360 : angle;
}

/** The CIEDE2000 colour difference (Sharma, Wu and Dalal 2005): 1 is just visible side by side. */
export function difference(one: Lab, two: Lab): number {
  const meanChroma = (Math.hypot(one[1], one[2]) + Math.hypot(two[1], two[2])) / 2;
  const g = 0.5 * (1 - Math.sqrt(meanChroma ** 7 / (meanChroma ** 7 + 25 ** 7)));
  const [a1, a2] = [one[1] * (1 + g), two[1] * (1 + g)];
  const [c1, c2] = [Math.hypot(a1, one[2]), Math.hypot(a2, two[2])];
  const [h1, h2] = [hue(one[2], a1), hue(two[2], a2)];
  const isGrey = c1 * c2 === 0;
  const turn = h2 - h1;
  const deltaHue = isGrey ? 0 : turn > 180 ? turn - 360 : turn < -180 ? turn + 360 : turn;
  const sum = h1 + h2;
  const isNear = isGrey || Math.abs(turn) <= 180;
  const meanHue = isGrey ? sum : isNear ? sum / 2 : sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2;
  const lightness = (one[0] + two[0]) / 2;
  const chroma = (c1 + c2) / 2;
  const t =
    1 -
    0.17 * Math.cos(degrees(meanHue - 30)) +
    0.24 * Math.cos(degrees(2 * meanHue)) +
    0.32 * Math.cos(degrees(3 * meanHue + 6)) -
    0.2 * Math.cos(degrees(4 * meanHue - 63));
  const squared = (lightness - 50) ** 2;
  const dl = (two[0] - one[0]) / (1 + (0.015 * squared) / Math.sqrt(20 + squared));
  const dc = (c2 - c1) / (1 + 0.045 * chroma);
  const dh = (2 * Math.sqrt(c1 * c2) * Math.sin(degrees(deltaHue / 2))) / (1 + 0.015 * chroma * t);
  const rotation =
    -2 *
    Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7)) *
    Math.sin(degrees(60 * Math.exp(-(((meanHue - 275) / 25) ** 2))));
  return Math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 + rotation * dc * dh);
}
