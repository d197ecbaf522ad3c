import type { Interval } from '@isometry/core';
import { percentText } from '../figures/number-text.ts';
import type { Cell } from '../page/page.ts';

/** What stands where there is no number. */
export const NONE = '–';

const METHODS: Readonly<Record<string, string>> = { wilson: 'Wilson', bootstrap: 'bootstrap' };

/** `95% interval 57.2–66.8%, Wilson` */
export function intervalText({ level, method, ...range }: Interval): string {
  return `${percentText(level, 0)} interval ${rangeText(range)}, ${METHODS[method] ?? method}`;
}

/** `57.2–66.8%` */
export function rangeText({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  return `${(low * 100).toFixed(1)}–${percentText(high)}`;
}

/** `0.812` */
export function decimalText(value: number | null): string {
  return value === null ? NONE : value.toFixed(3);
}

/** A share as percent, sorted by all of its digits. */
export function percentCell(share: number | null, emphasis = false): Cell {
  if (share === null) return { text: NONE };
  return { text: percentText(share), sort: share, emphasis };
}

/** A number of three digits after the point, sorted by all of its digits. */
export function decimalCell(value: number | null): Cell {
  return value === null ? { text: NONE } : { text: decimalText(value), sort: value };
}

/** A list as a sentence has it: `a`, `a and b`, `a, b and 3 more`. */
export function listText(items: readonly string[], most = 5): string {
  const shown = items.slice(0, most);
  const rest = items.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
