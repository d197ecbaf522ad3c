import { rocFigure, type RocCurve } from '../figures/roc.ts';
import type { Section } from '../page/page.ts';
import type { Evaluation } from './evaluation.ts';
import { decimalText } from './score-text.ts';

/** Beyond this many classes a curve each is a blot, and megabytes. */
const CURVES = 60;
/** Steps of a curve that are smaller than this are less than a pixel of the figure. */
const STEP = 1 / 400;

/** Undefined where no class can be told from another. */
export function rocSection({ roc, classification }: Evaluation): Section | undefined {
  if (roc.length === 0) return undefined;
  const { macro, weighted } = classification.rocAuc;
  const text =
    'How well each class’s probability tells it from all others, whatever the threshold. The area under the curve is ' +
    `${decimalText(macro)} in the mean of the classes, ${decimalText(weighted)} weighted by images.`;
  const byLabel = new Map(roc.map((curve) => [curve.label, curve]));
  // A place for every class, in their order: each keeps the colour that it has in the maps.
  const curves = classification.classes.map(({ label, rocAuc }): RocCurve => {
    const curve = byLabel.get(label);
    return curve === undefined
      ? { label, falsePositiveRate: [], truePositiveRate: [], auc: null }
      : { label, ...thinned(curve), auc: rocAuc };
  });
  return {
    id: 'roc',
    title: 'ROC',
    text:
      curves.length <= CURVES
        ? text
        : `${text} ${curves.length} curves are no picture: the areas are in the table of classes, the curves in evaluation.json.`,
    blocks:
      curves.length <= CURVES
        ? [{ kind: 'figure', figure: rocFigure({ curves, id: 'roc-curves' }) }]
        : [],
  };
}

type Rates = Pick<RocCurve, 'falsePositiveRate' | 'truePositiveRate'>;

/** Without the points that lie next to the one before: ten thousand images make ten thousand points. */
export function thinned({ falsePositiveRate, truePositiveRate }: Rates): Rates {
  const last = falsePositiveRate.length - 1;
  const kept: number[] = [];
  for (const [index, across] of falsePositiveRate.entries()) {
    const before = kept.at(-1);
    const isFar =
      before === undefined ||
      Math.abs(across - (falsePositiveRate[before] ?? 0)) >= STEP ||
      Math.abs((truePositiveRate[index] ?? 0) - (truePositiveRate[before] ?? 0)) >= STEP;
    if (isFar || index === last) kept.push(index);
  }
  return {
    falsePositiveRate: kept.map((index) => falsePositiveRate[index] ?? 0),
    truePositiveRate: kept.map((index) => truePositiveRate[index] ?? 0),
  };
}
