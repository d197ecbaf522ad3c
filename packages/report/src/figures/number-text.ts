/** `12345` as `12,345`: the same on every machine, whatever its locale. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** A share of 0 to 1 as `87.5%`. */
export function percentText(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** `1 image`, `2 images`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
