import type { Section, Table } from '../page/page.ts';
import { nameOf } from './names.ts';
import { points, pValue, range, toBlock } from './number-cells.ts';
import type { GridComparison, GridRow, Reproduction } from './reproduction.ts';
import { seedCell } from './seed-counts.ts';

const SCORES = [
  { score: 'balancedAccuracy', title: 'Balanced accuracy' },
  { score: 'accuracy', title: 'Accuracy' },
] as const;

type Score = (typeof SCORES)[number];

/** Every loss against cross-entropy, paired. */
export function testSection({ rows, data }: Reproduction): Section {
  const compared = rows.filter(({ comparison }) => comparison !== null);
  const images = data.isGrouped ? 'groups of test images' : 'test images';
  return {
    id: 'tests',
    title: 'Against cross-entropy',
    text: [
      'This loss minus cross-entropy of the same backbone, seeds and test images, in points. Two 95% intervals stand beside each mean over the seeds; they draw different things anew.',
      `Other images: the ${images} are drawn anew, paired, and the trainings stay as they are. p is of the same draws, adjusted by Holm’s method for the losses of a backbone: neither says what another training would reach.`,
      'Other seeds: a seed draws the split, the weights at the start and the order of the images. Student’s t over the seeds’ differences takes these seeds for a sample of all; their splits share images, so that it is too narrow rather than too wide. Of one seed there is none.',
      'Bold: p is below 0.05, there are two seeds or more, and the difference has the same sign in every one. It does not mean that the interval of other seeds leaves out zero.',
    ].join('\n\n'),
    blocks:
      compared.length === 0
        ? []
        : [...SCORES.map((score) => differences(score, compared, rows)), seedBySeed(compared)].map(
            toBlock,
          ),
  };
}

function differences(
  { score, title }: Score,
  compared: readonly GridRow[],
  rows: readonly GridRow[],
): Table {
  return {
    id: score === 'accuracy' ? 'table-differences-accuracy' : 'table-differences',
    caption: `${title}: this loss minus cross-entropy.`,
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      { title: 'Seeds', numeric: true },
      { title: 'Difference', numeric: true, help: 'points, mean over the seeds' },
      {
        title: 'Other images',
        numeric: true,
        help: '95% interval, paired bootstrap over the test images',
      },
      {
        title: 'p',
        numeric: true,
        help: 'of the bootstrap over the test images, by Holm’s method',
      },
      { title: 'Other seeds', numeric: true, help: '95% interval, Student’s t over the seeds' },
    ],
    rows: compared.flatMap(({ backbone, loss, comparison }) =>
      comparison === null
        ? []
        : [
            [
              { text: nameOf(backbone) },
              { text: nameOf(loss) },
              seedCell(comparison, rows),
              points(comparison[score].difference.value, isConsistent(comparison, score)),
              range(comparison[score].difference),
              pValue(comparison[score].adjustedPValue),
              range(comparison[score].overSeeds),
            ],
          ],
    ),
  };
}

/** Whether a difference holds for other images and has the same sign in every seed, of two at least. */
function isConsistent(comparison: GridComparison, score: Score['score']): boolean {
  const signs = comparison.bySeed.map((one) => Math.sign(one[score]));
  const isOneSign = signs.every((sign) => sign !== 0 && sign === signs[0]);
  return signs.length >= 2 && isOneSign && comparison[score].adjustedPValue < 0.05;
}

function seedBySeed(rows: readonly GridRow[]): Table {
  return {
    id: 'table-seeds',
    caption:
      'Seed by seed, nothing drawn anew. p is of McNemar’s exact test, not adjusted; it takes images for independent.',
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      { title: 'Seed', numeric: true },
      { title: 'Balanced', numeric: true, help: 'difference of balanced accuracy in points' },
      { title: 'Accuracy', numeric: true, help: 'difference of accuracy in points' },
      { title: 'Only this', numeric: true, help: 'images that only this loss has right' },
      { title: 'Only other', numeric: true, help: 'images that only cross-entropy has right' },
      { title: 'p', numeric: true },
    ],
    rows: rows.flatMap(({ backbone, loss, comparison }) =>
      (comparison?.bySeed ?? []).map((test) => [
        { text: nameOf(backbone) },
        { text: nameOf(loss) },
        { text: `${test.seed}`, sort: test.seed },
        points(test.balancedAccuracy),
        points(test.accuracy),
        { text: `${test.onlyThis}`, sort: test.onlyThis },
        { text: `${test.onlyCrossEntropy}`, sort: test.onlyCrossEntropy },
        pValue(test.pValue),
      ]),
    ),
  };
}
