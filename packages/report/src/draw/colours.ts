import type { Theme } from '../figures/figure.ts';

/** The qualitative colours, see {@link SERIES_COUNT}. */
type SeriesNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
/** Steps of the sequential ramp, from nothing to all. */
type RampStep = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** What a figure may colour with. Each is a custom property `--figure-NAME` on a page. */
export type ColourName =
  | 'surface'
  | 'ink'
  | 'muted'
  | 'line'
  | 'grid'
  | `series-${SeriesNumber}`
  | `ramp-${RampStep}`
  | `ramp-text-${RampStep}`;

/** As many as can be told apart in every kind of colour vision; figures with more also label. */
export const SERIES_COUNT = 8;
export const RAMP_STEPS = 10;

/**
 * The colours of both themes. The eight qualitative ones are Okabe and Ito's (2008) hues, moved until each has a
 * contrast of 3.2 with its surface and every two differ by 10 of CIEDE2000, also in simulated deuteranopia, protanopia
 * and tritanopia; colours.test.ts computes both. The ramp's lightness is monotone, so that it prints in grey.
 */
export const COLOURS: Readonly<Record<Theme, Readonly<Record<ColourName, string>>>> = {
  light: {
    surface: '#ffffff',
    ink: '#1b1f24',
    muted: '#57606a',
    line: '#868e96',
    grid: '#e6e8eb',
    'series-1': '#0367ba',
    'series-2': '#e26e15',
    'series-3': '#29a175',
    'series-4': '#af6c91',
    'series-5': '#895f00',
    'series-6': '#0794f4',
    'series-7': '#7f7a48',
    'series-8': '#303030',
    'ramp-0': '#ebf5fe',
    'ramp-1': '#bfdfff',
    'ramp-2': '#92c9ff',
    'ramp-3': '#65b3f9',
    'ramp-4': '#459be6',
    'ramp-5': '#2884cf',
    'ramp-6': '#0b6eb5',
    'ramp-7': '#015995',
    'ramp-8': '#004475',
    'ramp-9': '#003156',
    'ramp-text-0': '#0d1117',
    'ramp-text-1': '#0d1117',
    'ramp-text-2': '#0d1117',
    'ramp-text-3': '#0d1117',
    'ramp-text-4': '#0d1117',
    'ramp-text-5': '#0d1117',
    'ramp-text-6': '#ffffff',
    'ramp-text-7': '#ffffff',
    'ramp-text-8': '#ffffff',
    'ramp-text-9': '#ffffff',
  },
  dark: {
    surface: '#16191f',
    ink: '#e8eaed',
    muted: '#a9b1ba',
    line: '#7d8590',
    grid: '#2b3038',
    'series-1': '#0486ff',
    'series-2': '#db5c29',
    'series-3': '#3edda0',
    'series-4': '#b77da2',
    'series-5': '#efa703',
    'series-6': '#add4f7',
    'series-7': '#fef055',
    'series-8': '#c9cacb',
    'ramp-0': '#0f273c',
    'ramp-1': '#0f3a5d',
    'ramp-2': '#0e4e7f',
    'ramp-3': '#1362a0',
    'ramp-4': '#2278be',
    'ramp-5': '#378fd9',
    'ramp-6': '#51a6f1',
    'ramp-7': '#78bdfe',
    'ramp-8': '#a7d3ff',
    'ramp-9': '#d5e9fd',
    'ramp-text-0': '#ffffff',
    'ramp-text-1': '#ffffff',
    'ramp-text-2': '#ffffff',
    'ramp-text-3': '#ffffff',
    'ramp-text-4': '#ffffff',
    'ramp-text-5': '#0d1117',
    'ramp-text-6': '#0d1117',
    'ramp-text-7': '#0d1117',
    'ramp-text-8': '#0d1117',
    'ramp-text-9': '#0d1117',
  },
};

const PREFIX = 'figure:';

/** How a spec names a colour. */
export function colour(name: ColourName): string {
  return `${PREFIX}${name}`;
}

/** The colour of the class or curve at `index` (from 0); they repeat after {@link SERIES_COUNT}. */
export function seriesColour(index: number): string {
  return `${PREFIX}series-${(index % SERIES_COUNT) + 1}`;
}

/** The step of the ramp for a share of 0 to 1. */
export function rampStep(share: number): number {
  return Math.max(0, Math.min(RAMP_STEPS - 1, Math.floor(share * RAMP_STEPS)));
}

/** The ramp, or the colours of text on it, in order. */
export function rampColours(kind: 'ramp' | 'ramp-text'): string[] {
  return Array.from({ length: RAMP_STEPS }, (_, step) => `${PREFIX}${kind}-${step}`);
}

/** Where a caller's own words stand: a label that happens to be called like a colour stays a label. */
const WORDS: ReadonlySet<string> = new Set(['values', 'params', 'domain', 'title', 'text']);

function isWords(key: string, value: unknown): boolean {
  return WORDS.has(key) && (typeof value === 'string' || Array.isArray(value));
}

/** A copy of `spec` with each colour's name replaced by what `fill` gives for it. */
export function fillColours(spec: object, fill: (name: ColourName) => string): object {
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return value.startsWith(PREFIX) ? fill(value.slice(PREFIX.length) as ColourName) : value;
    }
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        isWords(key, inner) ? inner : visit(inner),
      ]),
    );
  };
  return visit(spec) as object;
}

/** For a page: a custom property, and the light colour where the page does not define it. */
export function customProperty(name: ColourName): string {
  return `var(--figure-${name},${COLOURS.light[name]})`;
}
