import { IsometryError } from '@isometry/core';

/** Light is also what prints. */
export type Theme = 'light' | 'dark';

/** One picture and what it says: drawn by {@link drawSvg}, {@link drawPng} and {@link drawInlineSvg}. */
export interface Figure {
  /** Kebab-case: the name of its file, the anchor on a page, the prefix of the ids in its SVG. */
  readonly id: string;
  readonly title: string;
  /** What is shown, of how many images, and how to read it. */
  readonly caption: string;
  /** The result in words, for who does not see the picture: the SVG's `<desc>`. Holds every label in full. */
  readonly description: string;
  /** Vega-Lite 6. Colours are names (`colour('ink')`) that a theme fills in; the data are inside. */
  readonly spec: object;
}

/** @throws `OPTION_INVALID` unless `id` can be a file's name and an anchor */
export function assertFigureId(id: string): void {
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(id)) {
    throw new IsometryError('OPTION_INVALID', `${JSON.stringify(id)} is not a figure's id.`, {
      hint: 'Use small letters, digits and hyphens, e.g. confusion-matrix.',
    });
  }
}
