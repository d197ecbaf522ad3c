import { markup, type Markup } from './markup.ts';
import type { Cell, Column, Table } from './page.ts';

/** Scripts that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** A table in a container of its own, which scrolls where the page is narrow. The page's script makes it sortable. */
export function renderTable({ id, caption, columns, rows }: Table): Markup {
  const isNumeric = columns.map(({ numeric }) => numeric === true);
  return markup`<div class="table" id="${id}" role="region" aria-labelledby="${id}-caption">
<table data-sortable>
<caption id="${id}-caption"><span>${caption}</span></caption>
<thead><tr>${columns.map(renderHeader)}</tr></thead>
<tbody>
${rows.map((row) => renderRow(row, isNumeric))}</tbody>
</table>
</div>
`;
}

function renderHeader({ title, numeric, help }: Column): Markup {
  const kind = numeric === true ? markup` class="number"` : undefined;
  const explained = help === undefined ? undefined : markup` title="${help}"`;
  return markup`<th scope="col"${kind}${explained}>${title}</th>`;
}

function renderRow(row: readonly Cell[], isNumeric: readonly boolean[]): Markup {
  const cells = row.map((cell, index) => {
    const attributes = cellAttributes(cell, isNumeric[index] === true);
    return index === 0
      ? markup`<th scope="row"${attributes}>${cell.text}</th>`
      : markup`<td${attributes}>${cell.text}</td>`;
  });
  return markup`<tr>${cells}</tr>\n`;
}

function cellAttributes({ text, sort, emphasis }: Cell, isNumber: boolean): Markup {
  const classes = [isNumber ? 'number' : '', emphasis === true ? 'strong' : ''].join(' ').trim();
  return markup`${classes === '' ? undefined : markup` class="${classes}"`}${
    sort === undefined ? undefined : markup` data-sort="${sort}"`
  }${RIGHT_TO_LEFT.test(text) ? markup` dir="auto"` : undefined}`;
}
