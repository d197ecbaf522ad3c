import type { Section, Table } from '../page/page.ts';
import { nameOf } from './names.ts';
import { difference, points, pValue, toBlock } from './number-cells.ts';
import type { GridRow, Reproduction } from './reproduction.ts';

/** Every loss against cross-entropy, paired. */
export function testSection({ rows, data }: Reproduction): Section {
  const compared = rows.filter(({ comparison }) => comparison !== null);
  return {
    id: 'tests',
    title: 'Against cross-entropy',
    text: `The same backbone, seeds and test images. Differences in points with 95% intervals by a paired bootstrap over ${data.isGrouped ? 'groups' : 'images'}, p adjusted by Holm’s method for the losses of a backbone: what is said of these trainings, tested on other images. Bold: the interval leaves out zero.`,
    blocks: compared.length === 0 ? [] : [differences(compared), seedBySeed(compared)].map(toBlock),
  };
}

function differences(rows: readonly GridRow[]): Table {
  return {
    id: 'table-differences',
    caption: 'This loss minus cross-entropy, means over the seeds.',
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      { title: 'Seeds', numeric: true },
      { title: 'Balanced accuracy', numeric: true },
      { title: 'p', numeric: true },
      { title: 'Accuracy', numeric: true },
      { title: 'p', numeric: true },
    ],
    rows: rows.flatMap(({ backbone, loss, comparison }) =>
      comparison === null
        ? []
        : [
            [
              { text: nameOf(backbone) },
              { text: nameOf(loss) },
              { text: `${comparison.seeds.length}`, sort: comparison.seeds.length },
              difference(comparison.balancedAccuracy.difference),
              pValue(comparison.balancedAccuracy.adjustedPValue),
              difference(comparison.accuracy.difference),
              pValue(comparison.accuracy.adjustedPValue),
            ],
          ],
    ),
  };
}

function seedBySeed(rows: readonly GridRow[]): Table {
  return {
    id: 'table-seeds',
    caption:
      'Seed by seed: what another training changes, which the intervals above do not hold. p is of McNemar’s exact test, not adjusted; it takes images for independent.',
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
