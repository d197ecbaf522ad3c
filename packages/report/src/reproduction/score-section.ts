import type { Section, Table } from '../page/page.ts';
import { nameOf } from './names.ts';
import { interval, number, toBlock } from './number-cells.ts';
import { PAPER_TITLE } from './paper-results.ts';
import type { Reproduction, ScoreName } from './reproduction.ts';

const TABLE_2_COLUMNS: readonly { readonly score: ScoreName; readonly title: string }[] = [
  { score: 'precision', title: 'Precision' },
  { score: 'recall', title: 'Recall' },
  { score: 'f1', title: 'F1' },
  { score: 'accuracy', title: 'Accuracy' },
  { score: 'balancedAccuracy', title: 'Balanced accuracy' },
  { score: 'macroF1', title: 'Macro F1' },
];

/** The paper's table 2 on these images, and the paper's own. */
export function scoreSection({ rows, data }: Reproduction): Section {
  const own: Table = {
    id: 'table-2',
    caption:
      'Means over the seeds in percent, with 95 % intervals. Precision, recall and F1 are support-weighted, as the paper’s look.',
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      { title: 'Seeds', numeric: true },
      ...TABLE_2_COLUMNS.map(({ title }) => ({ title, numeric: true })),
    ],
    rows: rows.map((row) => [
      { text: nameOf(row.backbone) },
      { text: nameOf(row.loss) },
      { text: `${row.seeds.length}`, sort: row.seeds.length },
      ...TABLE_2_COLUMNS.map(({ score }) => interval(row.scores[score])),
    ]),
  };
  const paper: Table = {
    id: 'table-2-paper',
    caption: `Table 2 of ${PAPER_TITLE}${data.isPaperData ? '' : ', another data set'}: one run each on 502 test images, percent.`,
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      ...TABLE_2_COLUMNS.slice(0, 4).map(({ title }) => ({ title, numeric: true })),
    ],
    rows: rows.flatMap(({ backbone, loss, paper: values }) =>
      values === null
        ? []
        : [
            [
              { text: nameOf(backbone) },
              { text: nameOf(loss) },
              ...[values.precision, values.recall, values.f1, values.accuracy].map(number),
            ],
          ],
    ),
  };
  return {
    id: 'table-2-section',
    title: 'Scores (table 2)',
    blocks: [own, paper].filter((table) => table.rows.length > 0).map(toBlock),
  };
}
