import { colour } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { textWidth } from '../draw/font.ts';

/** A symbol or a piece of line, and what it stands for. */
export interface KeyEntry {
  readonly text: string;
  /** A Vega mark without its place: a `point`, or a `rule` for a piece of line. */
  readonly mark: Readonly<{ type: 'point' | 'rule' } & Record<string, unknown>>;
}

const LINE = 20;
const SAMPLE = 26;
const GAP = 22;

/** A key beside or above the plots that share it: as many entries a line as `width` has room for, or one. */
export function keyStrip(entries: readonly KeyEntry[], width: number | 'one a line'): object {
  const isColumn = width === 'one a line';
  let left = 0;
  let line = 0;
  const placed = entries.map((entry) => {
    const needed = SAMPLE + 6 + textWidth(entry.text, TEXT_SIZE.label);
    if (left > 0 && (isColumn || left + needed > width)) {
      left = 0;
      line += 1;
    }
    const at = { ...entry, x: left, y: line * LINE + LINE / 2 };
    left += needed + GAP;
    return at;
  });
  return {
    data: { values: [{}] },
    width: isColumn ? SAMPLE : width,
    height: (line + 1) * LINE,
    layer: placed.flatMap(({ text, mark, x, y }) => [
      {
        mark: { opacity: 1, ...mark },
        encoding:
          mark.type === 'rule'
            ? { x: { value: x }, x2: { value: x + SAMPLE }, y: { value: y } }
            : { x: { value: x + SAMPLE / 2 }, y: { value: y } },
      },
      {
        mark: { type: 'text', text, align: 'left', baseline: 'middle', fill: colour('ink') },
        encoding: { x: { value: x + SAMPLE + 6 }, y: { value: y } },
      },
    ]),
  };
}
