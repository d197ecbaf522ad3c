/**
 * Somebody else's text in one line that Markdown shows as it is: no emphasis, links, HTML, tables, fences. Control
 * characters and those that turn the direction of what follows become spaces.
 */
export function markdownText(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .replaceAll(/[\\`*_~[\]<>|#&]/gu, String.raw`\$&`);
}

/** A share of 1 in percent, with one digit unless it is whole. */
export function percent(value: number): string {
  return `${(value * 100).toFixed(1).replace(/\.0$/u, '')} %`;
}
