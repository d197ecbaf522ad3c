import { createCanvas } from '@napi-rs/canvas';
import { IsometryError } from '@isometry/core';
import { assertFigureId, type Figure, type Theme } from '../figures/figure.ts';
import { COLOURS } from './colours.ts';
import { openFigureView } from './figure-view.ts';
import { CANVAS_FONTS } from './font.ts';
import { standaloneSpec } from './standalone-spec.ts';
import { svgSize } from './svg-document.ts';

export interface DrawPngOptions {
  /** Pixels of the PNG per CSS pixel, above 0 and at most 8; 3 is about 300 dpi at the width of a text column. */
  readonly scale?: number;
}

/**
 * A PNG file of the figure as {@link drawSvg} draws it. Its text is set in a font that comes with this package;
 * a character that Arimo lacks (emoji, Arabic, Chinese) comes from the machine's fonts, or is an empty box.
 */
export async function drawPng(
  figure: Figure,
  theme: Theme,
  { scale = 2 }: DrawPngOptions = {},
): Promise<Uint8Array> {
  assertFigureId(figure.id);
  if (!(scale > 0 && scale <= 8)) {
    throw new IsometryError('OPTION_INVALID', `scale is ${scale}, not above 0 and at most 8.`);
  }
  const view = await openFigureView(standaloneSpec(figure), {
    fill: (name) => COLOURS[theme][name],
    font: CANVAS_FONTS,
  });
  const { width, height } = svgSize(await view.toSVG());
  const canvas = createCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const context = canvas.getContext('2d');
  context.lang = 'en';
  context.fillStyle = COLOURS[theme].surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  await view.toCanvas(scale, { externalContext: context });
  view.finalize();
  return canvas.encode('png');
}
