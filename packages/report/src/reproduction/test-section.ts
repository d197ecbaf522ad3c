import type { Cell, Section } from '../page/page.ts';
import { nameOf } from './names.ts';
import { difference, pValue, toBlock } from './number-cells.ts';
import type { GridRow, Reproduction } from './reproduction.ts';

/** Every loss against cross-entropy, paired. */
export function testSection({ rows, data }: Reproduction): Section {
  const compared = rows.filter(({ comparison }) => comparison !== null);
  return {
    id: 'tests',
    title: 'Against cross-entropy',
    text: `The same backbone, seeds and test images. Differences in points with 95 % intervals (paired bootstrap over ${data.isGrouped ? 'groups' : 'images'}); p adjusted by Holm’s method for the losses of a backbone. McNemar’s exact test seed by seed: images that only this loss has right, only cross-entropy, p.`,
    blocks:
      compared.length === 0
        ? []
        : [
            toBlock({
              id: 'table-tests',
              caption: 'This loss minus cross-entropy.',
              columns: [
                { title: 'Backbone' },
                { title: 'Loss' },
                { title: 'Seeds', numeric: true },
                { title: 'Balanced accuracy', numeric: true },
                { title: 'p', numeric: true },
                { title: 'Accuracy', numeric: true },
                { title: 'p', numeric: true },
                { title: 'McNemar by seed' },
              ],
              rows: compared.map(testRow),
            }),
          ],
  };
}

function testRow({ backbone, loss, comparison }: GridRow): Cell[] {
  if (comparison === null) return [];
  const { accuracy, balancedAccuracy, mcnemar, seeds } = comparison;
  return [
    { text: nameOf(backbone) },
    { text: nameOf(loss) },
    { text: `${seeds.length}`, sort: seeds.length },
    difference(balancedAccuracy.difference),
    pValue(balancedAccuracy.adjustedPValue),
    difference(accuracy.difference),
    pValue(accuracy.adjustedPValue),
    {
      text: mcnemar
        .map(
          ({ onlyThis, onlyCrossEntropy, pValue: own }) =>
            `${onlyThis}:${onlyCrossEntropy} (${pValue(own).text})`,
        )
        .join('  '),
    },
  ];
}
