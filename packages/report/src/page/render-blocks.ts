import { IsometryError } from '@isometry/core';
import { drawInlineSvg } from '../draw/draw-svg.ts';
import type { Figure } from '../figures/figure.ts';
import { markup, trustedMarkup, type Markup } from './markup.ts';
import type { Block, Fact, Picture, Section } from './page.ts';
import { renderScores } from './render-scores.ts';
import { renderTable } from './render-table.ts';

export async function renderSection({ id, title, text, blocks }: Section): Promise<Markup> {
  const rendered: Markup[] = [];
  for (const block of blocks) {
    rendered.push(block.kind === 'figure' ? await renderFigure(block.figure) : renderBlock(block));
  }
  return markup`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${text === undefined ? undefined : renderText(text)}${rendered}</section>
`;
}

type SimpleBlock = Exclude<Block, { readonly kind: 'figure' }>;

const RENDER: {
  readonly [Kind in SimpleBlock['kind']]: (block: Extract<SimpleBlock, { kind: Kind }>) => Markup;
} = {
  scores: ({ scores }) => renderScores(scores),
  table: ({ table }) => renderTable(table),
  pictures: ({ pictures, caption }) => renderPictures(pictures, caption),
  facts: ({ facts }) => renderFacts(facts),
  text: ({ text }) => renderText(text),
};

function renderBlock<Kind extends SimpleBlock['kind']>(
  block: Extract<SimpleBlock, { kind: Kind }>,
): Markup {
  return (RENDER[block.kind] as (block: SimpleBlock) => Markup)(block);
}

/** Paragraphs, apart by an empty line. */
function renderText(text: string): Markup {
  const paragraphs = text.split(/\n\s*\n/u).map((one) => one.replaceAll(/\s+/gu, ' ').trim());
  return markup`${paragraphs.map((paragraph) => markup`<p>${paragraph}</p>\n`)}`;
}

/** Wider figures scroll on a telephone: made to fit, their text would be less than 10 pixels high. */
const WIDE = 540;

async function renderFigure(figure: Figure): Promise<Markup> {
  const svg = await drawInlineSvg(figure);
  const isWide = Number(/ width="([\d.]+)"/u.exec(svg)?.[1] ?? 0) > WIDE;
  return markup`<figure id="${figure.id}" class="figure">
<div class="drawing${isWide ? ' wide' : ''}">${trustedMarkup(svg)}</div>
<figcaption><strong>${figure.title}.</strong> ${figure.caption}</figcaption>
</figure>
`;
}

function renderFacts(facts: readonly Fact[]): Markup {
  return markup`<dl class="facts">
${facts.map(({ name, value }) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
`;
}

function renderPictures(pictures: readonly Picture[], caption: string): Markup {
  return markup`<figure class="sheet">
<ul>
${pictures.map(renderPicture)}</ul>
<figcaption>${caption}</figcaption>
</figure>
`;
}

function renderPicture({ src, alt, caption }: Picture): Markup {
  // Nothing on the page may be fetched: what an address would ask for, the page's own policy refuses.
  if (!/^data:image\/(?:jpeg|png|webp);base64,[A-Za-z0-9+/]+=*$/u.test(src)) {
    throw new IsometryError('OPTION_INVALID', 'A picture of a page must be a data: URI.', {
      hint: 'Make it with encodePicture().',
      details: { src: src.slice(0, 40) },
    });
  }
  const lines = caption.split('\n').map((line) => markup`<span>${line}</span>`);
  return markup`<li><img src="${src}" alt="${alt}">${lines}</li>
`;
}
