import type { Section, Table } from '../page/page.ts';
import { nameOf } from './names.ts';
import { interval, number, toBlock } from './number-cells.ts';
import { PAPER_TITLE, type PaperScores } from './paper-results.ts';
import type { Reproduction, ScoreName } from './reproduction.ts';
import { seedCell } from './seed-counts.ts';

interface ScoreColumn {
  readonly score: ScoreName;
  readonly title: string;
}

/** The paper's columns. */
const PAPER_COLUMNS: readonly ScoreColumn[] = [
  { score: 'precision', title: 'Precision' },
  { score: 'recall', title: 'Recall' },
  { score: 'f1', title: 'F1' },
  { score: 'accuracy', title: 'Accuracy' },
];

/** Two that count every class the same. */
const CLASS_COLUMNS: readonly ScoreColumn[] = [
  { score: 'balancedAccuracy', title: 'Balanced accuracy' },
  { score: 'macroF1', title: 'Macro F1' },
];

/** The paper's table 2 on these images, and the paper's own. */
export function scoreSection({ rows, data }: Reproduction): Section {
  const own = (id: string, caption: string, columns: readonly ScoreColumn[]): Table => ({
    id,
    caption,
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      { title: 'Seeds', numeric: true },
      ...columns.map(({ title }) => ({ title, numeric: true })),
    ],
    rows: rows.map((row) => [
      { text: nameOf(row.backbone) },
      { text: nameOf(row.loss) },
      seedCell(row, rows),
      ...columns.map(({ score }) => interval(row.scores[score])),
    ]),
  });
  const paper: Table = {
    id: 'table-2-paper',
    caption: `Table 2 of ${PAPER_TITLE}${data.isPaperData ? '' : ', another data set'}: one run each on 502 test images, percent.`,
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      ...PAPER_COLUMNS.map(({ title }) => ({ title, numeric: true })),
    ],
    rows: rows.flatMap(({ backbone, loss, paper: values }) =>
      values === null
        ? []
        : [
            [
              { text: nameOf(backbone) },
              { text: nameOf(loss) },
              ...PAPER_COLUMNS.map(({ score }) => number(values[score as keyof PaperScores])),
            ],
          ],
    ),
  };
  const tables = [
    own(
      'table-2',
      `Means over the seeds in percent with 95% intervals, for which the ${data.isGrouped ? 'groups of test images' : 'test images'} are drawn anew and the trainings are not; precision, recall and F1 are support-weighted, as the paper’s look.`,
      PAPER_COLUMNS,
    ),
    paper,
    own(
      'table-2-classes',
      'Scores in which every class counts the same, however many images it has; means and intervals likewise.',
      CLASS_COLUMNS,
    ),
  ];
  return {
    id: 'scores',
    title: 'Scores (table 2)',
    blocks: tables.filter((table) => table.rows.length > 0).map(toBlock),
  };
}
