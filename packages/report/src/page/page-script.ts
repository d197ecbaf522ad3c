/**
 * What a page does where scripts run: tables that sort, a choice of light and dark that is remembered, the section
 * in view marked in the list of sections. Without it everything can still be read.
 *
 * Plain JavaScript for the reader's browser, kept as text so that the policy's hash is the same however this package was
 * compiled. It stands in the head: the theme is set before anything is painted.
 */
export const PAGE_SCRIPT = `(() => {
  'use strict';
  const root = document.documentElement;
  const KEY = 'isometry-theme';
  const remembered = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }
  };
  const remember = (theme) => {
    try { localStorage.setItem(KEY, theme); } catch { /* Storage is blocked: the choice lasts as long as the page. */ }
  };
  const setTheme = (theme) => {
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  setTheme(remembered());

  const offerThemes = () => {
    const group = document.querySelector('.theme');
    const buttons = [...group.querySelectorAll('button')];
    const show = () => {
      for (const button of buttons) {
        button.setAttribute('aria-pressed', String(button.value === (root.dataset.theme ?? 'auto')));
      }
    };
    for (const button of buttons) {
      button.addEventListener('click', () => {
        setTheme(button.value);
        remember(button.value);
        show();
      });
    }
    show();
    group.hidden = false;
  };

  const words = new Intl.Collator('en', { numeric: true });
  const keyOf = (row, column, isNumber) => {
    const cell = row.cells[column];
    const text = cell.dataset.sort ?? cell.textContent;
    if (!isNumber) return text;
    const number = text.trim() === '' ? NaN : Number(text.replace(/[,%\\s]/g, ''));
    return Number.isNaN(number) ? null : number;
  };
  const makeSortable = (table) => {
    const body = table.tBodies[0];
    const headers = [...table.tHead.rows[0].cells];
    if (body.rows.length < 2) return;
    const sortBy = (column) => {
      const header = headers[column];
      const isNumber = header.classList.contains('number');
      const direction = header.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
      const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, column, isNumber) }));
      // Array.sort is stable: equal rows keep the order of the sort before. A row without a number stays last.
      rows.sort((a, b) => {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
        return direction * (isNumber ? a.key - b.key : words.compare(a.key, b.key));
      });
      body.append(...rows.map(({ row }) => row));
      for (const other of headers) other.setAttribute('aria-sort', 'none');
      header.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending');
    };
    headers.forEach((header, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...header.childNodes);
      button.addEventListener('click', () => sortBy(column));
      header.append(button);
      header.setAttribute('aria-sort', 'none');
    });
  };

  const makeScrollable = (box) => {
    // Only what scrolls needs the keyboard's focus.
    const update = () => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    };
    new ResizeObserver(update).observe(box);
  };

  const followSections = () => {
    const links = new Map();
    for (const link of document.querySelectorAll('nav a')) links.set(link.hash.slice(1), link);
    const mark = () => {
      let current;
      for (const id of links.keys()) {
        if (document.getElementById(id).getBoundingClientRect().top < innerHeight / 3) current = id;
      }
      for (const [id, link] of links) {
        if (id === current) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    };
    addEventListener('scroll', mark, { passive: true });
    mark();
  };

  addEventListener('DOMContentLoaded', () => {
    offerThemes();
    document.querySelectorAll('table[data-sortable]').forEach(makeSortable);
    document.querySelectorAll('.table, .drawing').forEach(makeScrollable);
    followSections();
  });
})();
`;
