import { markup, type Markup } from './markup.ts';
import type { Score } from './page.ts';

/** The scale under a number, in its own units: 0 to 1 is 200 wide, with room for half a dot at its ends. */
const WIDTH = 200;
const MARGIN = 4;

/** Numbers in large type, each with its interval and what it is compared with. */
export function renderScores(scores: readonly Score[]): Markup {
  return markup`<dl class="scores">
${scores.map(renderScore)}</dl>
`;
}

function renderScore(score: Score): Markup {
  return markup`<div><dt>${score.name}</dt><dd><span class="value">${score.value}</span>${renderScale(score)}<span class="detail">${score.detail}</span></dd></div>
`;
}

/** Says nothing that the words beside it do not: hidden from screen readers. */
function renderScale({ interval, baseline }: Score): Markup | undefined {
  if (interval === undefined && baseline === undefined) return undefined;
  const marks = [
    markup`<path class="axis" d="M${MARGIN} 7H${MARGIN + WIDTH}"/>`,
    ...(baseline === undefined
      ? []
      : [markup`<path class="baseline" d="M${place(baseline)} 1V13"/>`]),
    ...(interval === undefined
      ? []
      : [
          markup`<path class="interval" d="M${place(interval.low)} 7H${place(interval.high)}"/>`,
          markup`<circle cx="${place(interval.value)}" cy="7" r="4"/>`,
        ]),
  ];
  return markup`<svg class="scale" viewBox="0 0 ${WIDTH + 2 * MARGIN} 14" aria-hidden="true">${marks}</svg>`;
}

function place(share: number): number {
  return MARGIN + Math.round(Math.max(0, Math.min(1, share)) * WIDTH * 10) / 10;
}
