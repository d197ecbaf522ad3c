import type { Config } from 'vega-lite';
import { colour } from './colours.ts';

/** Sizes in CSS pixels at the figure's own width; nothing is set smaller than the ticks. */
export const TEXT_SIZE = { tick: 12, label: 12, title: 13, heading: 15 } as const;

/** What every figure looks like: no boxes, a faint grid, text in ink, titles along their axes. */
export function figureConfig(font: string): Config {
  return {
    font,
    background: 'transparent',
    padding: 8,
    // The picture is one image with one description: a name per mark would be read out a thousand times.
    aria: false,
    view: { stroke: null },
    text: { fontSize: TEXT_SIZE.label, fill: colour('ink') },
    title: {
      color: colour('ink'),
      fontSize: TEXT_SIZE.title,
      fontWeight: 'bold',
      anchor: 'start',
      frame: 'group',
      offset: 8,
      limit: 0,
    },
    axis: {
      labelColor: colour('ink'),
      titleColor: colour('ink'),
      domainColor: colour('line'),
      tickColor: colour('line'),
      gridColor: colour('grid'),
      labelFontSize: TEXT_SIZE.tick,
      titleFontSize: TEXT_SIZE.title,
      titleFontWeight: 'normal',
      titlePadding: 12,
      labelPadding: 4,
      // Labels are elided by grapheme where they enter a figure; Vega would cut emoji in half.
      labelLimit: 0,
      titleLimit: 0,
      tickSize: 4,
      labelFlush: false,
    },
  };
}
