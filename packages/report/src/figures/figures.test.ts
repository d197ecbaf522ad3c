import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { isIsometryError } from '@isometry/core';
import { compile, type TopLevelSpec } from 'vega-lite';
import { beforeAll, describe, expect, it } from 'vitest';
import { COLOURS, fillColours } from '../draw/colours.ts';
import { drawPng } from '../draw/draw-png.ts';
import { drawInlineSvg, drawSvg } from '../draw/draw-svg.ts';
import { FIGURE_CSS } from '../draw/figure-css.ts';
import type { Theme } from './figure.ts';
import { cleanLabel } from './label-text.ts';
import { HARD_LABELS, sampleFigures } from './sample-figures.case.ts';

const figures = sampleFigures();
const named = figures.map((figure): [string, (typeof figures)[number]] => [figure.id, figure]);

/** Wrong places of what should be an XML document, as far as an SVG of ours can be wrong. */
function xmlFaults(svg: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  // Attributes of ours hold no `>`; text that holds `<` is no text.
  for (const [tag, slash, name, end] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gu)) {
    if (slash === '/') {
      if (open.pop() !== name) faults.push(`${tag} closes another element`);
    } else if (end !== '/') open.push(name as string);
  }
  const text = svg.replaceAll(/<\/?[a-z]+(?:\s[^<>]*)?\/?>/gu, '');
  if (text.includes('<')) faults.push('a < in text');
  if (/&(?!(?:amp|lt|gt|quot);)/u.test(svg)) faults.push('a bare &');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/u.test(svg)) {
    faults.push('a character that XML forbids');
  }
  return [...faults, ...open.map((name) => `${name} is not closed`)];
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The decoded picture, and the colours within `depth` pixels of its edges. */
async function pixelsOf(
  png: Uint8Array,
  depth = 0,
): Promise<{ width: number; height: number; edge: string[] }> {
  const image = await loadImage(Buffer.from(png));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const strips = [
    [0, 0, width, depth],
    [0, height - depth, width, depth],
    [0, 0, depth, height],
    [width - depth, 0, depth, height],
  ] as const;
  const edge = new Set<number>();
  for (const [x, y, across, down] of depth === 0 ? [] : strips) {
    const { data } = context.getImageData(x, y, across, down);
    for (const pixel of new Uint32Array(data.buffer, data.byteOffset, data.length / 4)) {
      edge.add(pixel);
    }
  }
  return { width, height, edge: [...edge].map((pixel) => colourOf(pixel)) };
}

/** Of four bytes, red first. */
function colourOf(pixel: number): string {
  return `#${[0, 8, 16].map((bits) => ((pixel >> bits) & 255).toString(16).padStart(2, '0')).join('')}`;
}

describe.each(named)('%s', (_, figure) => {
  let svg = '';
  let inline = '';
  beforeAll(async () => {
    svg = await drawSvg(figure, 'light');
    inline = await drawInlineSvg(figure);
  });

  it('is a specification that Vega-Lite has nothing to say about', () => {
    const said: unknown[] = [];
    const logger = { level: () => logger, error: say, warn: say, info: say, debug: () => logger };
    function say(...words: unknown[]): typeof logger {
      said.push(words);
      return logger;
    }
    const spec = fillColours(figure.spec, (name) => COLOURS.light[name]) as TopLevelSpec;
    compile(spec, { logger } as object);
    expect(said).toStrictEqual([]);
  });

  it('is a document that says what it shows, with ids of its own and no references outside', () => {
    for (const drawn of [svg, inline]) {
      expect(xmlFaults(drawn)).toStrictEqual([]);
      expect(drawn).toMatch(
        /^<svg [^>]*role="img"[^>]*>\s*<title [^>]*>[^<]+<\/title><desc [^>]*>[^<]+<\/desc>/u,
      );
      const ids = [...drawn.matchAll(/\sid="([^"]*)"/gu)].map(([, id]) => id as string);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.every((id) => id.startsWith(`${figure.id}-`))).toBe(true);
      const links = [...drawn.matchAll(/(?:href="|url\()([^")]*)/gu)].map(([, to]) => to as string);
      expect(links.filter((to) => !ids.includes(to.slice(1)))).toStrictEqual([]);
      expect(drawn).not.toMatch(/<(?:script|image|foreignObject|style|a)\b/u);
      expect(drawn).not.toMatch(/NaN|Infinity|undefined|\[object/u);
    }
  });

  it('leaves no colour to name, and on a page none but the page’s', () => {
    const colours = (drawn: string): string[] =>
      [...drawn.matchAll(/ (?:fill|stroke)="([^"]*)"/gu)].map(([, value]) => value as string);
    const light = new Set<string>(Object.values(COLOURS.light));
    expect(colours(svg).filter((value) => value !== 'none' && !light.has(value))).toStrictEqual([]);
    const properties = colours(inline).filter((value) => value !== 'none');
    expect(properties.length).toBeGreaterThan(0);
    for (const property of properties) {
      const [, name, fallback] =
        /^var\((--figure-[a-z0-9-]+),(#[0-9a-f]{6})\)$/u.exec(property) ?? [];
      expect(FIGURE_CSS).toContain(`${name}:${fallback}`);
    }
  });

  it('is the same bytes again, whatever was drawn before', async () => {
    await drawSvg(figures[0] as (typeof figures)[number], 'dark');
    await expect(drawSvg(figure, 'light')).resolves.toBe(svg);
  });

  it.each<Theme>(['light', 'dark'])(
    'fits its PNG in %s: a margin of surface all around',
    async (theme) => {
      const { width, height, edge } = await pixelsOf(await drawPng(figure, theme, { scale: 1 }), 5);
      expect(edge).toStrictEqual([COLOURS[theme].surface]);
      const size = /width="(\d+)" height="(\d+)"/u.exec(svg);
      expect([width, height]).toStrictEqual([Number(size?.[1]), Number(size?.[2])]);
    },
  );
});

describe('figures of hard names', () => {
  it('elide them in the picture and have them in full in the description', async () => {
    for (const id of ['confusion-8', 'confusion-40', 'map-8', 'map-36', 'roc-40']) {
      const figure = figures.find((one) => one.id === id);
      for (const label of HARD_LABELS) expect(figure?.description).toContain(cleanLabel(label));
      expect(await drawSvg(figure as (typeof figures)[number], 'light')).toContain('…');
    }
  });

  it('draw a name that is also a colour as a name', async () => {
    const figure = figures.find(({ id }) => id === 'confusion-8');
    expect(await drawSvg(figure as (typeof figures)[number], 'light')).toContain('>figure:ink (');
  });
});

describe('drawing', () => {
  const [figure] = figures as [(typeof figures)[number]];

  it('gives the same PNG again', async () => {
    const png = sha256(await drawPng(figure, 'dark'));
    expect(sha256(await drawPng(figure, 'dark'))).toBe(png);
    expect(sha256(await drawPng(figure, 'light'))).not.toBe(png);
  });

  it('scales a PNG', async () => {
    const one = await pixelsOf(await drawPng(figure, 'light', { scale: 1 }));
    const three = await pixelsOf(await drawPng(figure, 'light', { scale: 3 }));
    expect([three.width, three.height]).toStrictEqual([one.width * 3, one.height * 3]);
  });

  it.each([0, -1, 9, Number.NaN])('refuses a scale of %s', async (scale) => {
    await expect(drawPng(figure, 'light', { scale })).rejects.toSatisfy(
      (error) => isIsometryError(error) && error.code === 'OPTION_INVALID',
    );
  });

  it.each(['', 'Two words', '../up', 'a"b'])('refuses the id %j', async (id) => {
    for (const draw of [drawSvg, drawPng]) {
      await expect(draw({ ...figure, id }, 'light')).rejects.toSatisfy(
        (error) => isIsometryError(error) && error.code === 'OPTION_INVALID',
      );
    }
  });

  it('fetches nothing that a spec names', async () => {
    const spec = {
      data: { url: 'http://127.0.0.1:9/data.json' },
      mark: 'point',
      encoding: { x: { field: 'a', type: 'quantitative' } },
    };
    const drawn = await drawSvg({ ...figure, spec }, 'light');
    expect(drawn).not.toContain('127.0.0.1');
  });
});
