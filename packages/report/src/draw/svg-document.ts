import type { Figure } from '../figures/figure.ts';
import { SVG_FONTS } from './font.ts';
import { defineMarks } from './mark-definitions.ts';

/** Vega's SVG, made a document of its own: described, with ids of this figure and no other bytes than it needs. */
export function describeSvg(svg: string, figure: Figure): string {
  const width = rootAttribute(svg, 'width');
  const height = rootAttribute(svg, 'height');
  const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1);
  const title = `${figure.id}-title`;
  const description = `${figure.id}-description`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"',
    ' class="isometry-figure" role="img"',
    ` aria-labelledby="${title}" aria-describedby="${description}"`,
    ` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${SVG_FONTS}">`,
    `<title id="${title}">${escapeXml(figure.title)}</title>`,
    `<desc id="${description}">${escapeXml(figure.description)}</desc>`,
    defineMarks(shorten(ownIds(plainTags(body), figure.id)), figure.id),
  ]
    .join('')
    .replaceAll(FORBIDDEN, '\uFFFD');
}

/** What XML forbids, and what turns the text around it: a spec's own words can have it. */
const FORBIDDEN = /(?![\t\n])\p{Cc}|[\p{Cs}\uFFFE\uFFFF\u202A-\u202E\u2066-\u2069]/gu;

/** The size that Vega gave the document. */
export function svgSize(svg: string): { width: number; height: number } {
  return {
    width: Number(rootAttribute(svg, 'width')),
    height: Number(rootAttribute(svg, 'height')),
  };
}

function rootAttribute(svg: string, name: string): string {
  const root = svg.slice(svg.indexOf('<svg'), svg.indexOf('>', svg.indexOf('<svg')));
  return new RegExp(`\\s${name}="([\\d.]+)"`, 'u').exec(root)?.[1] ?? '0';
}

/** Vega counts clips and gradients over the whole process: another figure first would be other bytes. */
function ownIds(svg: string, id: string): string {
  const names = new Map<string, string>();
  const rename = (name: string): string => {
    const own = names.get(name) ?? `${id}-${names.size}`;
    names.set(name, own);
    return own;
  };
  return svg.replaceAll(
    /(\sid="|url\(#)((?:clip|gradient)[\w-]*)/gu,
    (_, before: string, name: string) => before + rename(name),
  );
}

/** Without what is said once at the root, and without classes, which a page's own rules could hit. */
function plainTags(svg: string): string {
  return svg
    .replaceAll(/<path class="background"[^>]*? d="[^"]*"\/>/gu, '')
    .replaceAll(/<[a-z][^>]*>/gu, (tag) =>
      tag
        .replaceAll(/ (?:class|role|aria-[a-z]+)="[^"]*"/gu, '')
        .replace(` font-family="${SVG_FONTS}"`, ''),
    );
}

/** Hundredths of a pixel are enough; only inside tags, so that no word of a label changes. */
function shorten(svg: string): string {
  return svg.replaceAll(/<[a-z][^>]*>/gu, (tag) =>
    tag.replaceAll(/(?<![\d.#])-?\d+\.\d{3,}(?:e-?\d+)?/gu, (number) =>
      String(Math.round(Number(number) * 100) / 100),
    ),
  );
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
