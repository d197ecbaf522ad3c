import { countOf, countText } from '../figures/number-text.ts';
import type { Block, Section, Table } from '../page/page.ts';
import type { Evaluation } from './evaluation.ts';

/** More file names help nobody; the JSON has them all. */
const SKIPPED_ROWS = 100;

const DEFINITIONS: readonly (readonly [name: string, definition: string])[] = [
  ['Accuracy', 'share of images whose most probable class is their own'],
  ['Balanced accuracy', 'mean recall of the classes that have images'],
  ['Macro F1', 'mean F1 of the classes that occur; a precision of nothing counts as 0'],
  ['Wilson interval', 'score interval of a proportion; right for few images, too'],
  [
    'Bootstrap interval',
    'percentiles over images drawn anew with replacement, whole groups where they are known',
  ],
  ['ROC-AUC', 'probability that an image of the class gets a higher score than one of another'],
  ['ECE', 'mean over images of |accuracy − mean probability| of their bin, bins of equal width'],
  ['Adaptive ECE', 'the same with bins of equally many images'],
  ['Brier score', 'mean over images of the squared errors of all probabilities, summed'],
  ['Log loss', 'mean of −ln of the probability of the true class'],
  ['Precision at 1', 'share of images whose nearest neighbour is of their class'],
  [
    'R-precision',
    'of an image’s R nearest, the share of its class; R is how many others its class has',
  ],
  ['MAP@R', 'mean over the first R ranks of the precision up to each hit'],
  ['Recall at k', 'share of images with one of their class among the k nearest'],
  ['k nearest neighbours', 'accuracy of the majority of the k nearest'],
  ['Nearest class mean', 'accuracy of the class whose mean embedding is nearest'],
];

export function aboutSection({ model, data, software }: Evaluation): Section {
  const blocks: Block[] = [
    {
      kind: 'facts',
      facts: [
        { name: 'Model', value: model.name },
        { name: 'Model digest', value: model.digest },
        { name: 'Data', value: data.name },
        { name: 'Data digest', value: data.digest },
        {
          name: 'Images',
          value:
            countText(data.count) +
            (data.split === null ? '' : `, ${data.split} split`) +
            (data.groups === null ? '' : `, ${countOf(data.groups, 'group')}`),
        },
        {
          name: 'Left out',
          value: data.skipped.length === 0 ? 'none' : countOf(data.skipped.length, 'file'),
        },
        { name: 'Software', value: software },
        { name: 'As JSON', value: 'evaluation.json: isometry.evaluation, version 1' },
      ],
    },
  ];
  if (data.skipped.length > 0) blocks.push({ kind: 'table', table: skippedTable(data.skipped) });
  blocks.push({ kind: 'table', table: definitionTable() });
  return {
    id: 'about',
    title: 'About',
    text:
      'The model was run as it runs in use: the same decoder, session and decision. ' +
      'Digests are SHA-256: the model’s of its file, the data’s of the sorted list of labels and files.',
    blocks,
  };
}

function skippedTable(skipped: Evaluation['data']['skipped']): Table {
  const shown = skipped.slice(0, SKIPPED_ROWS);
  return {
    id: 'skipped',
    caption:
      shown.length === skipped.length
        ? 'Files that were left out.'
        : `The first ${SKIPPED_ROWS} of ${countText(skipped.length)} files that were left out.`,
    columns: [{ title: 'File' }, { title: 'Code' }, { title: 'Reason' }],
    rows: shown.map(({ file, code, message }) => [
      { text: file },
      { text: code },
      { text: message },
    ]),
  };
}

function definitionTable(): Table {
  return {
    id: 'definitions',
    caption: 'How each number is defined: as in scikit-learn and pytorch-metric-learning.',
    columns: [{ title: 'Number' }, { title: 'Definition' }],
    rows: DEFINITIONS.map(([name, definition]) => [{ text: name }, { text: definition }]),
  };
}
