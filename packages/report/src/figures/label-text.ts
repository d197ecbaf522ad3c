import { textWidth } from '../draw/font.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A label as one line that can be drawn: without control characters, what turns the direction of the text around it,
 * half pairs and characters that XML forbids.
 */
export function cleanLabel(label: string): string {
  const clean = label
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '')
    .replaceAll(/[\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
    .trim();
  return clean === '' ? '(no name)' : clean;
}

/** The label as it is drawn in `width` pixels: its beginning and an ellipsis where it is longer. */
export function elideLabel(label: string, width: number, size: number): string {
  const clean = cleanLabel(label);
  if (textWidth(clean, size) <= width) return clean;
  const letters = Array.from(graphemes.segment(clean), ({ segment }) => segment);
  let low = 1;
  let high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (textWidth(withEllipsis(letters.slice(0, middle)), size) <= width) low = middle;
    else high = middle - 1;
  }
  return withEllipsis(letters.slice(0, low));
}

/** A mark after the ellipsis keeps it at the end of a word that runs to the left. */
function withEllipsis(letters: readonly string[]): string {
  const start = letters.join('').trimEnd();
  const last = /\p{L}(?!.*\p{L})/u.exec(start)?.[0] ?? '';
  const isRightToLeft =
    /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u.test(last);
  return isRightToLeft ? `${start}…\u200F` : `${start}…`;
}

/** Breaks text between words into lines of at most `width` pixels; a longer word keeps its line. */
export function wrapText(
  text: string,
  width: number,
  size: number,
  weight: 'normal' | 'bold' = 'normal',
): string[] {
  const lines: string[] = [];
  for (const word of cleanLabel(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, size, weight) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
