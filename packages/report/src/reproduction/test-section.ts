import type { Section, Table } from '../page/page.ts';
import { nameOf } from './names.ts';
import { difference, pValue, toBlock } from './number-cells.ts';
import type { GridRow, Reproduction } from './reproduction.ts';

/** Every loss against cross-entropy, paired. */
export function testSection({ rows, data }: Reproduction): Section {
  const compared = rows.filter(({ comparison }) => comparison !== null);
  return {
    id: 'tests',
    title: 'Against cross-entropy',
    text: `The same backbone, seeds and test images. Differences in points with 95% intervals by a paired bootstrap over ${data.isGrouped ? 'groups' : 'images'}, p adjusted by Holm’s method for the losses of a backbone. Bold: the interval leaves out zero.`,
    blocks:
      compared.length === 0 ? [] : [differences(compared), mcnemarTests(compared)].map(toBlock),
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

function mcnemarTests(rows: readonly GridRow[]): Table {
  return {
    id: 'table-mcnemar',
    caption: 'McNemar’s exact test of every seed, not adjusted; it takes images for independent.',
    columns: [
      { title: 'Backbone' },
      { title: 'Loss' },
      { title: 'Seed', numeric: true },
      { title: 'Right only with this loss', numeric: true },
      { title: 'Right only with cross-entropy', numeric: true },
      { title: 'p', numeric: true },
    ],
    rows: rows.flatMap(({ backbone, loss, comparison }) =>
      (comparison?.mcnemar ?? []).map((test) => [
        { text: nameOf(backbone) },
        { text: nameOf(loss) },
        { text: `${test.seed}`, sort: test.seed },
        { text: `${test.onlyThis}`, sort: test.onlyThis },
        { text: `${test.onlyCrossEntropy}`, sort: test.onlyCrossEntropy },
        pValue(test.pValue),
      ]),
    ),
  };
}
