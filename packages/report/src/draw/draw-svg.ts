import type { Figure, Theme } from '../figures/figure.ts';
import { assertFigureId } from '../figures/figure.ts';
import { COLOURS, customProperty, type ColourName } from './colours.ts';
import { openFigureView } from './figure-view.ts';
import { SVG_FONTS } from './font.ts';
import { standaloneSpec } from './standalone-spec.ts';
import { describeSvg } from './svg-document.ts';

/**
 * An SVG file: the figure's title on top, the theme's surface behind.
 * The same figure gives the same bytes.
 */
export async function drawSvg(figure: Figure, theme: Theme): Promise<string> {
  return draw(figure, standaloneSpec(figure), (name) => COLOURS[theme][name]);
}

/**
 * An SVG element for a page that has {@link FIGURE_CSS}: its colours are custom properties, so that one drawing
 * serves light, dark and print. No title and no surface: those are the page's.
 */
export async function drawInlineSvg(figure: Figure): Promise<string> {
  return draw(figure, figure.spec, customProperty);
}

async function draw(
  figure: Figure,
  spec: object,
  fill: (name: ColourName) => string,
): Promise<string> {
  assertFigureId(figure.id);
  const view = await openFigureView(spec, { fill, font: SVG_FONTS });
  const svg = await view.toSVG();
  view.finalize();
  return describeSvg(svg, figure);
}
