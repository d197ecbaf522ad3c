import type { Page, Table } from './page.ts';

/** What must come out as text, wherever it goes in. */
export const HOSTILE = `<img src=x onerror="alert('1')">&\u202Egpj.exe\0</script>`;

/** A page that says the same text in each of its places. */
export function pageOf(text: string): Page {
  const figure = {
    id: 'figure-one',
    title: text,
    caption: text,
    description: text,
    spec: {
      data: { values: [{ name: text }] },
      mark: 'text',
      encoding: { text: { field: 'name' } },
    },
  };
  const pictures = [{ src: 'data:image/png;base64,AAAA', alt: text, caption: `${text}\n${text}` }];
  return {
    title: text,
    lead: text,
    notes: [text],
    sections: [
      { id: 'first', title: text, text, blocks: [{ kind: 'figure', figure }] },
      {
        id: 'second',
        title: text,
        blocks: [
          { kind: 'table', table: tableOf(text) },
          { kind: 'scores', scores: [{ name: text, value: text, detail: text }] },
          { kind: 'facts', facts: [{ name: text, value: text }] },
          { kind: 'pictures', pictures, caption: text },
          { kind: 'text', text },
        ],
      },
    ],
  };
}

function tableOf(text: string): Table {
  return {
    id: 'table-one',
    caption: text,
    columns: [
      { title: text, help: text },
      { title: text, numeric: true },
    ],
    rows: [
      [
        { text, sort: text },
        { text, emphasis: true },
      ],
      [{ text }, { text: '1', sort: 1 }],
    ],
  };
}

/** The names of all attributes: tags without what stands between quotes. */
export function attributeNames(html: string): string {
  return [...html.matchAll(/<[a-z][^<>]*>/giu)]
    .map(([tag]) => tag.replaceAll(/"[^"]*"|^<\w+/gu, ''))
    .join('\n');
}
