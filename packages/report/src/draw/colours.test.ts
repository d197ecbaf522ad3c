import { describe, expect, it } from 'vitest';
import type { Theme } from '../figures/figure.ts';
import {
  contrast,
  difference,
  labOf,
  linearOf,
  luminance,
  seen,
  VISIONS,
} from './colour-vision.case.ts';
import {
  colour,
  COLOURS,
  fillColours,
  RAMP_STEPS,
  rampStep,
  SERIES_COUNT,
  seriesColour,
} from './colours.ts';
import { FIGURE_CSS } from './figure-css.ts';

/** WCAG 2.2, 1.4.11 asks 3 of what is not text, 1.4.3 asks 4.5 of text. */
const SYMBOL_CONTRAST = 3.2;
const TEXT_CONTRAST = 4.5;
/** CIEDE2000 between any two of the series' colours, in every vision; and between any of the first four. */
const DIFFERENCE = 9.9;
const FIRST_DIFFERENCE = 13.9;

function list(theme: Theme, kind: 'series' | 'ramp' | 'ramp-text'): string[] {
  const first = kind === 'series' ? 1 : 0;
  const length = kind === 'series' ? SERIES_COUNT : RAMP_STEPS;
  return Array.from(
    { length },
    (_, index) => COLOURS[theme][`${kind}-${first + index}` as keyof (typeof COLOURS)['light']],
  );
}

describe(difference, () => {
  // Pairs 1, 7, 14, 17 and 25 of the test data of Sharma, Wu and Dalal 2005.
  it.each([
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  ] as const)('of %j and %j is %f', (one, two, expected) => {
    expect(difference(one, two)).toBeCloseTo(expected, 4);
  });
});

describe.each<Theme>(['light', 'dark'])('the colours in %s', (theme) => {
  const { surface, ink, muted, line } = COLOURS[theme];

  it('stand out from their surface', () => {
    for (const one of list(theme, 'series')) {
      expect(contrast(one, surface)).toBeGreaterThanOrEqual(SYMBOL_CONTRAST);
    }
    expect(contrast(line, surface)).toBeGreaterThanOrEqual(SYMBOL_CONTRAST);
    for (const one of [ink, muted]) {
      expect(contrast(one, surface)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
    }
  });

  it.each(Object.keys(VISIONS))('can be told apart in %s vision', (vision) => {
    const colours = list(theme, 'series').map((hex) =>
      labOf(seen(linearOf(hex), VISIONS[vision] as (typeof VISIONS)[string])),
    );
    colours.forEach((one, index) =>
      colours.slice(0, index).forEach((other) => {
        const expected = index < 4 ? FIRST_DIFFERENCE : DIFFERENCE;
        expect(difference(one, other)).toBeGreaterThanOrEqual(expected);
      }),
    );
  });

  it('put legible text on every step of a ramp that prints in grey', () => {
    const ramp = list(theme, 'ramp');
    const texts = list(theme, 'ramp-text');
    ramp.forEach((step, index) => {
      expect(contrast(step, texts[index] as string)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
    });
    // Grey print and each kind of vision see the same order, in steps of at least 5 of lightness.
    for (const vision of Object.values(VISIONS)) {
      const lightness = ramp.map((hex) => labOf(seen(linearOf(hex), vision))[0]);
      const direction = theme === 'light' ? -1 : 1;
      const steps = lightness
        .slice(1)
        .map((value, index) => (value - (lightness[index] as number)) * direction);
      expect(Math.min(...steps)).toBeGreaterThan(4);
    }
    expect(
      Math.sign(luminance(linearOf(ramp[9] as string)) - luminance(linearOf(ramp[0] as string))),
    ).toBe(theme === 'light' ? -1 : 1);
  });

  it('are all in the page’s style', () => {
    const names = Object.keys(COLOURS[theme]);
    for (const name of names) {
      expect(FIGURE_CSS).toContain(`--figure-${name}:${COLOURS[theme][name as 'ink']}`);
    }
    expect(names).toStrictEqual(Object.keys(COLOURS.light));
  });
});

describe(fillColours, () => {
  it('fills in colours and leaves words alone', () => {
    const spec = {
      title: 'figure:ink',
      mark: { fill: colour('ink'), text: ['figure:ink'] },
      data: { values: [{ label: 'figure:ink' }] },
      scale: { domain: ['figure:ink'], range: [seriesColour(0), seriesColour(SERIES_COUNT)] },
      params: [{ name: 'names', value: ['figure:ink'] }],
      count: null,
    };
    expect(fillColours(spec, (name) => name.toUpperCase())).toStrictEqual({
      ...spec,
      mark: { fill: 'INK', text: ['figure:ink'] },
      scale: { domain: ['figure:ink'], range: ['SERIES-1', 'SERIES-1'] },
    });
  });
});

describe(rampStep, () => {
  it.each([
    [0, 0],
    [0.0999, 0],
    [0.1, 1],
    [0.999, 9],
    [1, 9],
  ])('of %f is %i', (share, step) => {
    expect(rampStep(share)).toBe(step);
  });
});
