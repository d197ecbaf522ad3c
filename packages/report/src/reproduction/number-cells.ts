import type { Interval } from '@isometry/core';
import type { Block, Cell, Table } from '../page/page.ts';

export function toBlock(table: Table): Block {
  return { kind: 'table', table };
}

export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

export function interval({ value, low, high }: Interval): Cell {
  return { text: `${percent(value)} (${percent(low)}–${percent(high)})`, sort: value };
}

/** Both ends of an interval of differences, in points; a dash where there is none. */
export function range(found: Interval | null): Cell {
  if (found === null) return { text: '–' };
  return { text: `${signed(found.low)} to ${signed(found.high)}`, sort: found.low };
}

/** A difference of shares, in points. */
export function points(share: number, emphasis = false): Cell {
  return { text: signed(share), sort: share, emphasis };
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${percent(share)}`;
}

export function pValue(value: number): Cell {
  return { text: value < 0.001 ? '< 0.001' : value.toFixed(3), sort: value };
}

export function number(value: number): Cell {
  return { text: value.toFixed(2), sort: value };
}
