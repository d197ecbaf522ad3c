import { createHash } from 'node:crypto';
import { IsometryError } from '@isometry/core';
import { markup, markupText, trustedMarkup, type Markup } from './markup.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_CSS } from './page-style.ts';
import type { Page } from './page.ts';
import { renderSection } from './render-blocks.ts';

/**
 * A page as one HTML file that needs nothing else: no network, no other file. It reads well in light and dark, on
 * paper, at the width of a telephone and without scripts. The same page gives the same bytes.
 * @throws `OPTION_INVALID` when two things of the page have the same id, or a picture is no `data:` URI
 */
export async function renderPage(page: Page): Promise<string> {
  assertIds(page);
  const sections: Markup[] = [];
  for (const section of page.sections) sections.push(await renderSection(section));
  return markupText(markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<style>${trustedMarkup(PAGE_CSS)}</style>
<script>${trustedMarkup(PAGE_SCRIPT)}</script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="page">
<header>
<h1>${page.title}</h1>
<p class="lead">${page.lead}</p>
</header>
${renderNavigation(page)}<main id="content" tabindex="-1">
${renderNotes(page.notes)}${sections}</main>
</div>
</body>
</html>
`);
}

/** Allows what stands in the file and nothing else, whatever a label or a drawing might bring. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(PAGE_CSS)}`,
  `script-src ${hashOf(PAGE_SCRIPT)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function renderNavigation({ sections }: Page): Markup {
  const links = sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>\n`);
  const themes = ['Auto', 'Light', 'Dark'].map(
    (name) => markup`<button type="button" value="${name.toLowerCase()}">${name}</button>`,
  );
  return markup`<nav aria-label="Sections">
<ul>
${links}</ul>
<div class="theme" role="group" aria-label="Colours" hidden>${themes}</div>
</nav>
`;
}

function renderNotes(notes: readonly string[]): Markup | undefined {
  if (notes.length === 0) return undefined;
  return markup`<aside class="notes" aria-labelledby="notes-heading">
<p id="notes-heading">Read with care</p>
<ul>
${notes.map((note) => markup`<li>${note}</li>\n`)}</ul>
</aside>
`;
}

/** An anchor that is there twice leads to the wrong place. */
function assertIds({ sections }: Page): void {
  const ids = sections.flatMap(({ id, blocks }) => [id, ...blocks.flatMap(blockIds)]);
  const seen = new Set(['content', 'notes-heading']);
  for (const id of ids) {
    if (seen.has(id) || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(id)) {
      throw new IsometryError(
        'OPTION_INVALID',
        `${JSON.stringify(id)} is not kebab-case, or there twice on the page.`,
        {
          hint: 'Give every section, table and figure an id of its own.',
          details: { id },
        },
      );
    }
    seen.add(id);
  }
}

function blockIds(block: Page['sections'][number]['blocks'][number]): string[] {
  if (block.kind === 'figure') return [block.figure.id];
  return block.kind === 'table' ? [block.table.id] : [];
}
