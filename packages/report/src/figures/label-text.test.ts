import { describe, expect, it } from 'vitest';
import { textWidth } from '../draw/font.ts';
import { cleanLabel, elideLabel, wrapText } from './label-text.ts';
import { HARD_LABELS } from './sample-figures.case.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

describe(cleanLabel, () => {
  it.each([
    ['  two\n words\t', 'two words'],
    ['zero\u0000byte', 'zero byte'],
    ['turned \u202Eround\u202C', 'turned round'],
    ['half \uD83D', 'half \uFFFD'],
    ['whole \u{1F98B}', 'whole \u{1F98B}'],
    ['\uFFFF', '\uFFFD'],
    ['', '(no name)'],
    [' \n', '(no name)'],
    ['<b>&', '<b>&'],
  ])('of %j is %j', (label, expected) => {
    expect(cleanLabel(label)).toBe(expected);
  });
});

describe(elideLabel, () => {
  it('leaves alone what fits, and fits the rest', () => {
    expect(elideLabel('mel', 100, 12)).toBe('mel');
    for (const label of HARD_LABELS) {
      for (const width of [20, 60, 150]) {
        const drawn = elideLabel(label, width, 12);
        const isWhole = drawn === cleanLabel(label);
        expect(isWhole || /…\u200F?$/u.test(drawn)).toBe(true);
        // One grapheme and the ellipsis stay, however narrow.
        const isShortest = [...graphemes.segment(drawn.replaceAll('\u200F', ''))].length === 2;
        expect(isShortest || textWidth(drawn, 12) <= width).toBe(true);
      }
    }
  });

  it('takes as much as fits', () => {
    const label = 'abcdefghijklmnopqrstuvwxyz';
    const drawn = elideLabel(label, 80, 12);
    expect(label.startsWith(drawn.slice(0, -1))).toBe(true);
    expect(textWidth(`${label.slice(0, drawn.length)}…`, 12)).toBeGreaterThan(80);
  });

  it('never cuts a family in half', () => {
    const family = '👩‍👩‍👧‍👦';
    for (let width = 10; width < 120; width += 5) {
      const drawn = elideLabel(family.repeat(8), width, 12).replace('…', '');
      expect(drawn.length % family.length).toBe(0);
    }
  });

  it('ends a word that runs to the left at its left', () => {
    expect(elideLabel('תווית ארוכה מאוד בעברית', 60, 12)).toMatch(/…\u200F$/u);
    expect(elideLabel('a long label in English', 60, 12)).toMatch(/…$/u);
  });
});

describe(wrapText, () => {
  it('breaks between words and keeps them all', () => {
    const text = 'Confusion matrix of the test split of a set with a very long name';
    const lines = wrapText(text, 150, 13);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join(' ')).toBe(text);
    for (const line of lines) expect(textWidth(line, 13)).toBeLessThanOrEqual(150);
  });

  it('gives a word that is too long a line of its own', () => {
    expect(wrapText(`a ${'w'.repeat(60)} b`, 100, 13)).toHaveLength(3);
  });
});
