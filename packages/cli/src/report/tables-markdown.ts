import type { Page } from '@isometry/report';

/** The tables of a page as GitHub’s Markdown, for a README or a paper’s draft. */
export function tablesMarkdown(page: Page): string {
  const parts = [`# ${escape(page.title)}`, page.lead, ...page.notes.map((note) => `> ${note}`)];
  for (const { title, blocks } of page.sections) {
    const tables = blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : []));
    if (tables.length === 0) continue;
    parts.push(`## ${escape(title)}`);
    for (const { caption, columns, rows } of tables) {
      parts.push(
        caption,
        [
          row(columns.map((column) => column.title)),
          row(columns.map(({ numeric }) => (numeric === true ? '--:' : '---'))),
          ...rows.map((cells) =>
            row(
              cells.map(({ text, emphasis }) =>
                emphasis === true ? `**${escape(text)}**` : escape(text),
              ),
            ),
          ),
        ].join('\n'),
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Names are data: none of them ends a cell or starts a tag. */
function escape(text: string): string {
  return text
    .replaceAll(/[\\|<>*_`[\]]/gu, (character) => `\\${character}`)
    .replaceAll(/\s+/gu, ' ');
}
