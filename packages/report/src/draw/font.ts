import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';

/**
 * What an SVG asks for: fonts of Arial's widths, which Linux, Windows, macOS and iOS each have one of. Text is
 * measured in Arimo, which has them too, so labels end where the layout thinks they end.
 */
export const SVG_FONTS = "Arimo, 'Liberation Sans', Arial, Helvetica, sans-serif";

/** Arimo comes cut by script; each part is a family of its own, and text falls through them in this order. */
const PARTS = [
  'latin',
  'latin-ext',
  'greek',
  'greek-ext',
  'cyrillic',
  'cyrillic-ext',
  'hebrew',
  'vietnamese',
] as const;
const WEIGHTS = [400, 700] as const;

/** Apart from any Arimo on the machine: a picture must not depend on what is installed. */
export const CANVAS_FONTS: string = PARTS.map((part) => `isometry-${part}`).join(', ');

let measuring: SKRSContext2D | undefined;

/** Registers the bundled font with Skia, once a process; answers with what measures in it. */
function registerFont(): SKRSContext2D {
  if (measuring !== undefined) return measuring;
  const require = createRequire(import.meta.url);
  for (const part of PARTS) {
    for (const weight of WEIGHTS) {
      const path = require.resolve(`@fontsource/arimo/files/arimo-${part}-${weight}-normal.woff2`);
      GlobalFonts.register(readFileSync(path), `isometry-${part}`);
    }
  }
  measuring = createCanvas(1, 1).getContext('2d');
  measuring.lang = 'en';
  return measuring;
}

/**
 * A browser with none of {@link SVG_FONTS} takes a wider one: DejaVu Sans needs up to 1.17 of Arimo's width for this
 * package's words, in bold 1.26. Layouts leave that room.
 */
const SLACK = { normal: 1.17, bold: 1.26 } as const;

/** The room in pixels that one line of text needs, at most. */
export function textWidth(
  text: string,
  size: number,
  weight: 'normal' | 'bold' = 'normal',
): number {
  const context = registerFont();
  context.font = `${weight} ${size}px ${CANVAS_FONTS}`;
  return context.measureText(text).width * SLACK[weight];
}
