import { describe, expect, it } from 'vitest';
import type { Figure } from '../figures/figure.ts';
import { colour } from './colours.ts';
import { drawInlineSvg, drawSvg } from './draw-svg.ts';
import { describeSvg, svgSize } from './svg-document.ts';

function figureOf(id: string): Figure {
  return {
    id,
    title: 'A <title> & "more"',
    caption: '',
    description: 'What </desc> says',
    spec: {
      data: { values: Array.from({ length: 5 }, (_, index) => ({ x: index / 3, y: index / 7 })) },
      mark: {
        type: 'area',
        clip: true,
        fill: {
          gradient: 'linear',
          stops: [0, 1].map((offset) => ({ offset, color: colour('ink') })),
        },
      },
      encoding: {
        x: { field: 'x', type: 'quantitative', scale: { domain: [0.2, 1] } },
        y: { field: 'y', type: 'quantitative' },
      },
    },
  };
}

describe(describeSvg, () => {
  it('gives clips and gradients ids of the figure, whatever Vega counted before', async () => {
    const first = await drawInlineSvg(figureOf('one'));
    await drawInlineSvg(figureOf('two'));
    await expect(drawInlineSvg(figureOf('one'))).resolves.toBe(first);
    const ids = [...first.matchAll(/\sid="([^"]*)"/gu)].map(([, id]) => id);
    expect(ids.toSorted()).toStrictEqual(['one-0', 'one-1', 'one-description', 'one-title']);
    const links = [...first.matchAll(/url\(#([^)]*)\)/gu)].map(([, id]) => id as string);
    expect(links.toSorted()).toStrictEqual(['one-0', 'one-1']);
  });

  it('escapes its title and description', async () => {
    const svg = await drawSvg(figureOf('one'), 'light');
    expect(svg).toContain('>A &lt;title&gt; &amp; &quot;more&quot;</title>');
    expect(svg).toContain('>What &lt;/desc&gt; says</desc>');
  });

  it('shortens numbers of the drawing and none of its words', () => {
    const vega =
      '<svg class="marks" width="30" height="20"><path transform="translate(1.23456,-0.00012)" d="M1e-7,0.333333L2.5,1.999999"/><text>0.123456 &lt;g x="1.23456"&gt;</text></svg>';
    const svg = describeSvg(vega, figureOf('one'));
    expect(svg).toContain('translate(1.23,0)');
    expect(svg).toContain('0.33L2.5,2"');
    expect(svg).toContain('>0.123456 &lt;g x="1.23456"&gt;<');
    expect(svgSize(vega)).toStrictEqual({ width: 30, height: 20 });
  });
});
