import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attributeNames, HOSTILE, pageOf } from './page.case.ts';
import type { Page, Score, Table } from './page.ts';
import { renderPage } from './render-page.ts';

const EMPTY: Page = { title: 'Nothing', lead: 'Nothing yet.', notes: [], sections: [] };

function withTable(table: Table): Page {
  return {
    ...EMPTY,
    sections: [{ id: 'one', title: 'One', blocks: [{ kind: 'table', table }] }],
  };
}

describe(renderPage, () => {
  it('shows hostile text in every place as text', async () => {
    const html = await renderPage(pageOf(HOSTILE));
    const body = html.slice(html.indexOf('<body>'));
    // The page's own picture is the only one.
    expect(body.match(/<img/gu)).toHaveLength(1);
    expect(body).not.toMatch(/<script|javascript:|\0|\u202E/iu);
    expect(attributeNames(body)).not.toMatch(/\bon/iu);
    expect(html.match(/<\/script>/gu)).toHaveLength(1);
    const shown = (needle: string): number => body.split(needle).length - 1;
    expect(shown('&lt;img src=x onerror=')).toBeGreaterThanOrEqual(26);
  });

  it('names nothing outside itself', async () => {
    const html = await renderPage(pageOf('a label'));
    // The names of namespaces are never fetched.
    const named = html.replaceAll(/ xmlns(?::xlink)?="[^"]*"/gu, '');
    expect(/https?:.{0,60}|\/\/\w.{0,60}/u.exec(named)).toBeNull();
    for (const [, address] of html.matchAll(/\s(?:src|href|xlink:href|action)="([^"]*)"/gu)) {
      expect(address).toMatch(/^(?:#|data:image\/)/u);
    }
    expect(html).not.toMatch(/<(?:link|iframe|object|embed|form|base)\b|@import|url\((?!#)/u);
  });

  it('has a policy that allows its own style and script by their hashes, and nothing inline besides', async () => {
    const html = await renderPage(pageOf('a label'));
    const policy = /Content-Security-Policy" content="([^"]*)"/u.exec(html)?.[1] ?? '';
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).not.toContain('unsafe');
    for (const tag of ['style', 'script']) {
      const blocks = [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gsu'))];
      expect(blocks).toHaveLength(1);
      const hash = createHash('sha256')
        .update(blocks[0]?.[1] ?? '')
        .digest('base64');
      expect(policy).toContain(`${tag}-src &#39;sha256-${hash}&#39;`);
    }
    // The policy would refuse them, with an error in the reader's console.
    expect(attributeNames(html)).not.toContain('style');
  });

  it('gives the same bytes again, and after another page', async () => {
    const first = await renderPage(pageOf('one'));
    await renderPage(pageOf('another'));
    expect(await renderPage(pageOf('one'))).toBe(first);
  });

  it('has one level of headings after the other, and tables with captions and scopes', async () => {
    const html = await renderPage(pageOf('x'));
    const levels = [...html.matchAll(/<h(\d)/gu)].map(([, level]) => Number(level));
    expect(levels).toEqual([1, 2, 2]);
    expect(html).toContain('<caption id="table-one-caption"><span>x</span></caption>');
    expect(html.match(/<th scope="col"/gu)).toHaveLength(2);
    expect(html.match(/<th scope="row"/gu)).toHaveLength(2);
    expect(html).toContain('<a class="skip" href="#content">');
  });

  it('stands without sections and notes', async () => {
    const html = await renderPage(EMPTY);
    expect(html).toContain('<h1>Nothing</h1>');
    expect(html).not.toContain('Read with care');
  });

  it('leaves an empty table its head', async () => {
    const table = { id: 'none', caption: 'No rows.', columns: [{ title: 'A' }], rows: [] };
    expect(await renderPage(withTable(table))).toContain('<tbody>\n</tbody>');
  });

  it('lets text of a right-to-left script run its way, and only that', async () => {
    const rows = ['שלום', 'hello'].map((text) => [{ text }]);
    const html = await renderPage(
      withTable({ id: 'words', caption: 'Words.', columns: [{ title: 'Word' }], rows }),
    );
    expect(html).toContain('<th scope="row" dir="auto">שלום</th>');
    expect(html).toContain('<th scope="row">hello</th>');
  });

  it('keeps marks on the scale, whatever the numbers', async () => {
    const score: Score = {
      name: 'Odd',
      value: '?',
      detail: '',
      interval: { value: 1.5, low: -2, high: Number.POSITIVE_INFINITY },
      baseline: 0.5,
    };
    const blocks = [{ kind: 'scores', scores: [score] }] as const;
    const html = await renderPage({ ...EMPTY, sections: [{ id: 'one', title: 'One', blocks }] });
    expect(html).toContain('<path class="baseline" d="M104 1V13"/>');
    expect(html).toContain('<path class="interval" d="M4 7H204"/><circle cx="204"');
  });

  it.each([
    ['https://example.org/cat.jpg'],
    ['data:text/html;base64,AAAA'],
    ['data:image/svg+xml;base64,AAAA'],
    ['data:image/png;base64,AAAA" onerror="alert(1)'],
    ['javascript:alert(1)'],
    [''],
  ])('refuses the picture %j', async (src) => {
    const pictures = [{ src, alt: '', caption: '' }];
    const blocks = [{ kind: 'pictures', pictures, caption: '' }] as const;
    await expect(
      renderPage({ ...EMPTY, sections: [{ id: 'one', title: 'One', blocks }] }),
    ).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it.each([['second'], ['content'], ['Not kebab'], ['"><script>'], ['']])(
    'refuses the section id %j',
    async (id) => {
      const page = pageOf('x');
      const sections = [...page.sections, { id, title: 'Third', blocks: [] }];
      await expect(renderPage({ ...page, sections })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        details: { id },
      });
    },
  );
});
