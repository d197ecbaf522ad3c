import type { Interval } from '@isometry/core';

/** `94.2 % (95 % interval 90.1 to 97.0)` */
export function formatInterval({ value, low, high, level }: Interval): string {
  return `${percent(value)} % (${100 * level} % interval ${percent(low)} to ${percent(high)})`;
}

/** `94.2 %`, or `none` where there is nothing to measure. */
export function formatPercent(share: number | null): string {
  return share === null ? 'none' : `${percent(share)} %`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
