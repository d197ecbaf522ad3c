import type { Theme } from '../figures/figure.ts';
import { COLOURS } from './colours.ts';

function properties(theme: Theme): string {
  const list = Object.entries(COLOURS[theme]).map(([name, value]) => `--figure-${name}:${value}`);
  return `color-scheme:${theme};${list.join(';')}`;
}

/**
 * The colours of {@link drawInlineSvg} for a page: light unless the reader prefers dark, `data-theme` on the root
 * element decides over that, and paper is always light. A page may use the properties for itself, e.g.
 * `background: var(--figure-surface); color: var(--figure-ink)`.
 */
export const FIGURE_CSS: string = [
  `:root{${properties('light')}}`,
  `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){${properties('dark')}}}`,
  `@media screen{:root[data-theme=dark]{${properties('dark')}}}`,
  '.isometry-figure{max-width:100%;height:auto}',
].join('\n');
