import { confusionMatrixFigure } from '../figures/confusion-matrix.ts';
import { countText, percentText } from '../figures/number-text.ts';
import type { Block, Section, Table } from '../page/page.ts';
import type { ClassificationRecord, Evaluation, MeanScores } from './evaluation.ts';
import { decimalCell, decimalText, NONE, percentCell, rangeText } from './score-text.ts';

/** Confusions that are worth a row. */
const CONFUSIONS = 30;

export function perClassSection({ classification }: Evaluation): Section {
  const { macro, weighted, rocAuc } = classification;
  return {
    id: 'classes',
    title: 'Per class',
    text:
      'Recall is the share of a class’s images that are found; precision the share of what is taken for it that is right; ' +
      'F1 their harmonic mean.',
    blocks: [
      { kind: 'table', table: classTable(classification) },
      {
        kind: 'facts',
        facts: [
          { name: 'Mean of classes', value: meansText(macro, rocAuc.macro) },
          { name: 'Weighted by images', value: meansText(weighted, rocAuc.weighted) },
        ],
      },
    ],
  };
}

function meansText({ precision, recall, f1 }: MeanScores, auc: number | null): string {
  return (
    `recall ${percentText(recall)}, precision ${percentText(precision)}, F1 ${percentText(f1)}` +
    (auc === null ? '' : `, ROC-AUC ${decimalText(auc)}`)
  );
}

function classTable({ classes }: ClassificationRecord): Table {
  return {
    id: 'class-scores',
    caption: 'Scores of each class, with the interval of its recall.',
    columns: [
      { title: 'Class' },
      { title: 'Images', numeric: true },
      { title: 'Recall', numeric: true },
      { title: '95% interval', numeric: true, help: 'of the recall; sorts by its lower end' },
      { title: 'Precision', numeric: true },
      { title: 'F1', numeric: true },
      { title: 'ROC-AUC', numeric: true, help: 'the class against all others' },
      { title: 'Predicted', numeric: true, help: 'images that were taken for the class' },
    ],
    rows: classes.map(({ label, support, predicted, precision, recall, f1, rocAuc }) => [
      { text: label },
      { text: countText(support), sort: support },
      percentCell(recall?.value ?? null, true),
      recall === null ? { text: NONE } : { text: rangeText(recall), sort: recall.low },
      // What is never predicted has no precision; in the means it counts as 0.
      percentCell(predicted === 0 ? null : precision),
      percentCell(support === 0 && predicted === 0 ? null : f1),
      decimalCell(rocAuc),
      { text: countText(predicted), sort: predicted },
    ]),
  };
}

export function confusionSection({ classification, model }: Evaluation): Section {
  const { confusion } = classification;
  const { labels } = model;
  const table = confusionTable(confusion, labels);
  const blocks: readonly Block[] = [
    { kind: 'figure', figure: confusionMatrixFigure({ labels, matrix: confusion }) },
    table.rows.length === 0
      ? { kind: 'text', text: 'No image was taken for another class.' }
      : { kind: 'table', table },
  ];
  return { id: 'confusion', title: 'Confusion', blocks };
}

function confusionTable(
  confusion: readonly (readonly number[])[],
  labels: readonly string[],
): Table {
  const all = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, predicted) =>
      count === 0 || predicted === truth ? [] : [{ truth, predicted, count, share: count / total }],
    );
  });
  const shown = all.toSorted((a, b) => b.count - a.count).slice(0, CONFUSIONS);
  return {
    id: 'confusions',
    caption:
      shown.length === all.length
        ? 'Which classes are taken for which.'
        : `Which classes are taken for which: the ${CONFUSIONS} most frequent of ${countText(all.length)} confusions.`,
    columns: [
      { title: 'True class' },
      { title: 'Taken for' },
      { title: 'Images', numeric: true },
      { title: 'Share of the true class', numeric: true },
    ],
    rows: shown.map(({ truth, predicted, count, share }) => [
      { text: labels[truth] ?? NONE },
      { text: labels[predicted] ?? NONE },
      { text: countText(count), sort: count },
      percentCell(share),
    ]),
  };
}
