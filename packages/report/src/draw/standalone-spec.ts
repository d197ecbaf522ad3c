import type { Figure } from '../figures/figure.ts';
import { wrapText } from '../figures/label-text.ts';
import { colour } from './colours.ts';
import { TEXT_SIZE } from './figure-config.ts';

/** A title is broken before the narrowest figure ends. */
const TITLE_WIDTH = 420;

/** The figure's spec for a file of its own: on the theme's surface, under its title. */
export function standaloneSpec(figure: Figure): object {
  return {
    ...figure.spec,
    background: colour('surface'),
    padding: 16,
    title: {
      text: wrapText(figure.title, TITLE_WIDTH, TEXT_SIZE.heading, 'bold'),
      fontSize: TEXT_SIZE.heading,
      offset: 14,
      anchor: 'start',
      frame: 'bounds',
    },
  };
}
