import type { Figure } from '../figures/figure.ts';

/** One report: what `renderPage` makes an HTML file of. All of it is text; markup in it is shown, never run. */
export interface Page {
  readonly title: string;
  /** The result in one or two sentences, under the title. */
  readonly lead: string;
  /** What a reader must know before believing the numbers, e.g. "another data set". Shown before the sections. */
  readonly notes: readonly string[];
  readonly sections: readonly Section[];
}

export interface Section {
  /** Kebab-case: the anchor. Unique on the page, as are the ids of tables and figures. */
  readonly id: string;
  readonly title: string;
  /** Paragraphs, apart by an empty line. */
  readonly text?: string | undefined;
  readonly blocks: readonly Block[];
}

/** What a section is made of. */
export type Block =
  | { readonly kind: 'figure'; readonly figure: Figure }
  | { readonly kind: 'scores'; readonly scores: readonly Score[] }
  | { readonly kind: 'table'; readonly table: Table }
  | {
      readonly kind: 'pictures';
      readonly pictures: readonly Picture[];
      readonly caption: string;
    }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'text'; readonly text: string };

/** A number that is worth large type, with its interval on a scale of 0 to 1. */
export interface Score {
  readonly name: string;
  /** As it is read, e.g. `62.1%`. */
  readonly value: string;
  /** One line under it, e.g. `95% interval 57.2–66.8%, Wilson`. */
  readonly detail: string;
  readonly interval?:
    { readonly value: number; readonly low: number; readonly high: number } | undefined;
  /** Marked on the scale: what the value is to be compared with. */
  readonly baseline?: number | undefined;
}

/** A table that readers can sort by every column. */
export interface Table {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** One cell a column; the first is the row's header. */
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column {
  readonly title: string;
  /** Right-aligned, and sorted by number. */
  readonly numeric?: boolean | undefined;
  /** What the column is, shown when the pointer rests on the header. */
  readonly help?: string | undefined;
}

export interface Cell {
  readonly text: string;
  /** What the row sorts by, where it is not the text. A numeric column's text is read as a number, `–` sorts last. */
  readonly sort?: number | string | undefined;
  readonly emphasis?: boolean | undefined;
}

export interface Picture {
  /** A `data:image/` URI, as `encodePicture` makes it. */
  readonly src: string;
  readonly alt: string;
  /** Lines, apart by line feeds; the first is the most important. */
  readonly caption: string;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}
