import type { Page } from '@isometry/report';

type Section = Page['sections'][number];
type Block = Section['blocks'][number];
type Table = Extract<Block, { readonly kind: 'table' }>['table'];

/**
 * The tables of a page as GitHub’s Markdown, for a README or a paper’s draft, with all that is said of them: a section that
 * has figures alone is left out.
 */
export function tablesMarkdown(page: Page): string {
  const parts = [
    `# ${escape(page.title)}`,
    paragraph(page.lead),
    ...page.notes.map((note) => `> ${paragraph(note)}`),
    ...page.sections.flatMap(sectionParts),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sectionParts({ title, text, blocks }: Section): readonly string[] {
  const parts = blocks.flatMap(blockParts);
  if (parts.length === 0) return [];
  return [`## ${escape(title)}`, ...(text === undefined ? [] : paragraphs(text)), ...parts];
}

function blockParts(block: Block): readonly string[] {
  if (block.kind === 'table') return tableParts(block.table);
  if (block.kind === 'text') return paragraphs(block.text);
  if (block.kind !== 'facts' || block.facts.length === 0) return [];
  return [block.facts.map(({ name, value }) => `- ${escape(name)}: ${escape(value)}`).join('\n')];
}

/** What a page shows when the pointer rests on a header stands below the table. */
function tableParts(table: Table): readonly string[] {
  const helps = table.columns.flatMap(({ title, help }) =>
    help === undefined ? [] : [`${title}: ${help}`],
  );
  return [
    paragraph(table.caption),
    tableLines(table),
    ...(helps.length === 0 ? [] : [paragraph(`${helps.join('; ')}.`)]),
  ];
}

function tableLines({ columns, rows }: Table): string {
  return [
    row(columns.map(({ title }) => escape(title))),
    row(columns.map(({ numeric }) => (numeric === true ? '--:' : '---'))),
    ...rows.map((cells) =>
      row(
        cells.map(({ text, emphasis }) =>
          emphasis === true ? `**${escape(text)}**` : escape(text),
        ),
      ),
    ),
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Apart by an empty line, as a page's are. */
function paragraphs(text: string): readonly string[] {
  return text.split(/\n\s*\n/u).map(paragraph);
}

/** Nor does its beginning make it a heading, a list or a line. */
function paragraph(text: string): string {
  return escape(text.trim()).replace(/^(\d*)([#+=.)-])/u, String.raw`$1\$2`);
}

/**
 * Names are data: none of them ends a cell, starts a tag or an entity, or turns what follows into italics or a formula.
 * A `_` between letters or digits does nothing and stays readable.
 */
function escape(text: string): string {
  return text
    .replaceAll(/[\\|<>*`~$[\]]|&(?=#?\w+;)/gu, (character) => `\\${character}`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
    .replaceAll(/\s+/gu, ' ');
}
