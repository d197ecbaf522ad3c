import { countOf, countText } from '../figures/number-text.ts';
import type { Block, Picture, Section, Table } from '../page/page.ts';
import type { Evaluation } from './evaluation.ts';
import { percentCell } from './score-text.ts';
import { worstMistakes, type Mistake } from './worst-mistakes.ts';

/** Rows that are read; all images are in the JSON. */
const TABLE_ROWS = 40;

/** The images that the model was surest of, and wrong: labels that are wrong, and cases that are hard. */
export function mistakesSection(evaluation: Evaluation, pictures: readonly Picture[]): Section {
  const all = evaluation.images.filter(({ label, predicted }) => label !== predicted).length;
  const blocks: Block[] = [];
  if (pictures.length > 0) {
    blocks.push({
      kind: 'pictures',
      pictures,
      caption:
        `The ${countOf(pictures.length, 'most confident mistake')}: the true class, after the arrow ` +
        'the class that the image was taken for and its probability, and the file.',
    });
  }
  if (all > 0) {
    const worst = worstMistakes(evaluation, TABLE_ROWS);
    blocks.push({ kind: 'table', table: mistakesTable(worst, all) });
  }
  return {
    id: 'mistakes',
    title: 'Mistakes',
    text:
      all === 0
        ? 'No image was taken for another class.'
        : `${countText(all)} of ${countOf(evaluation.data.count, 'image')} were taken for another class. ` +
          'The ones that the model was surest of often have a wrong label, or are of a kind that it never saw.',
    blocks,
  };
}

function mistakesTable(worst: readonly Mistake[], all: number): Table {
  return {
    id: 'mistakes-table',
    caption:
      worst.length === all
        ? 'All mistakes, the most confident first.'
        : `The ${worst.length} most confident of ${countText(all)} mistakes.`,
    columns: [
      { title: 'File' },
      { title: 'True class' },
      { title: 'Taken for' },
      { title: 'Its probability', numeric: true, help: 'of the class that it was taken for' },
      { title: 'The true one’s', numeric: true, help: 'probability of the true class' },
    ],
    rows: worst.map(({ file, label, predicted, probability, truthProbability }) => [
      { text: file },
      { text: label },
      { text: predicted },
      percentCell(probability, true),
      percentCell(truthProbability),
    ]),
  };
}
