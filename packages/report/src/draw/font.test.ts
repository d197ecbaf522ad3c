import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { CANVAS_FONTS, textWidth } from './font.ts';

/** How many pixels one letter blackens, from the registered font. */
function inkOf(text: string): string {
  textWidth(text, 10);
  const canvas = createCanvas(60, 60);
  const context = canvas.getContext('2d');
  context.font = `40px ${CANVAS_FONTS}`;
  context.fillText(text, 5, 45);
  return Buffer.from(context.getImageData(0, 0, 60, 60).data).toString('base64');
}

describe(textWidth, () => {
  it('measures letters, not their number', () => {
    expect(textWidth('', 12)).toBe(0);
    expect(textWidth('iiii', 12)).toBeLessThan(textWidth('WWWW', 12) / 2);
    expect(textWidth('label', 24)).toBeCloseTo(2 * textWidth('label', 12), 0);
    expect(textWidth('label', 12, 'bold')).toBeGreaterThan(textWidth('label', 12));
  });

  it('has Arial’s widths, with room for a wider font', () => {
    // Arial: 1139, 1479 and 569 of 2048 units.
    expect(textWidth('a', 2048) / 1.17).toBeCloseTo(1139, -1);
    expect(textWidth('N', 2048) / 1.17).toBeCloseTo(1479, -1);
    expect(textWidth(' .', 2048) / 1.17).toBeCloseTo(2 * 569, -1);
  });
});

describe('the bundled font', () => {
  it.each(['Ab', 'Łő', 'Ωλ', 'Жя', 'שא', 'ếữ'])('draws %s, each letter its own', (pair) => {
    const [first, second] = Array.from(pair) as [string, string];
    const nothing = inkOf('\u{10FFFD}');
    expect(new Set([inkOf(first), inkOf(second), nothing, inkOf(' ')]).size).toBe(4);
  });
});
