import { mcnemar, scoreConfusion, type ClassificationScores } from '@isometry/core';
import { assertCells, assertSameImages, type EvaluatedCell } from './assert-cells.ts';
import { drawnDifference, drawnInterval, drawValues, type Drawn } from './drawn-intervals.ts';
import { adjustComparison } from './holm.ts';
import { paperScores } from './paper-results.ts';
import type { GridComparison, GridRow, PairedDifference, ScoreName } from './reproduction.ts';
import { meanScores, SCORE_NAMES, stackAnswers, totalConfusion } from './stacked-answers.ts';
import { intervalOverSeeds } from './student-t.ts';

const BASELINE = 'cross-entropy';

/** The scores whose differences are tested. */
type Compared = 'accuracy' | 'balancedAccuracy';

/**
 * A row for every backbone and loss, compared with cross-entropy on the same seeds and images.
 * @param cells one of each backbone, loss and seed; those of one seed have the same test images in the same order, all have
 * the same labels
 * @throws `REPORT_INVALID` when they have not
 */
export function compareLosses(cells: readonly EvaluatedCell[]): readonly GridRow[] {
  assertCells(cells);
  const draw = rememberDraws();
  const keys = [...new Set(cells.map(({ backbone, loss }) => `${backbone}/${loss}`))];
  const rows = keys.map((key) => {
    const own = cells.filter(({ backbone, loss }) => `${backbone}/${loss}` === key);
    const [first] = own as [EvaluatedCell];
    const others = cells.filter(
      ({ backbone, loss }) => backbone === first.backbone && loss === BASELINE,
    );
    return {
      ...summarise(own, draw),
      comparison: first.loss === BASELINE ? null : compare(own, others, draw),
    };
  });
  return rows.map((row) => adjustComparison(row, rows));
}

/** The mean scores of some cells' answers, of all and of every draw. */
type Draw = (cells: readonly EvaluatedCell[]) => Drawn<ScoreName>;

/** Cells of the same images have the same draws: a row's serve its comparison, and those of cross-entropy serve all. */
function rememberDraws(): Draw {
  const known = new Map<string, Drawn<ScoreName>>();
  return (cells) => {
    const key = JSON.stringify(cells.map(({ backbone, loss, seed }) => [backbone, loss, seed]));
    const answers = stackAnswers(cells);
    const drawn =
      known.get(key) ?? drawValues((rows) => meanScores(answers, rows), answers.clusters);
    known.set(key, drawn);
    return drawn;
  };
}

function summarise(cells: readonly EvaluatedCell[], draw: Draw): Omit<GridRow, 'comparison'> {
  const [first] = cells as [EvaluatedCell];
  const drawn = draw(cells);
  return {
    backbone: first.backbone,
    loss: first.loss,
    seeds: cells.map(({ seed }) => seed),
    scores: Object.fromEntries(
      SCORE_NAMES.map((name) => [name, drawnInterval(drawn, name)]),
    ) as GridRow['scores'],
    bySeed: cells
      .map(scoresOf)
      .map(({ accuracy, balancedAccuracy }) => ({ accuracy, balancedAccuracy })),
    paper: paperScores(first.backbone, first.loss),
    confusion: totalConfusion(stackAnswers(cells)),
  };
}

function compare(
  own: readonly EvaluatedCell[],
  baseline: readonly EvaluatedCell[],
  draw: Draw,
): GridComparison | null {
  const pairs = own.flatMap((cell) => {
    const other = baseline.find(({ seed }) => seed === cell.seed);
    if (other !== undefined) assertSameImages(cell, other);
    return other === undefined ? [] : [[cell, other] as const];
  });
  if (pairs.length === 0) return null;
  const these = draw(pairs.map(([cell]) => cell));
  const those = draw(pairs.map(([, other]) => other));
  const bySeed = pairs.map(([cell, other]) => compareSeed(cell, other));
  const difference = (name: Compared): PairedDifference => {
    const found = drawnDifference(these, those, name);
    return {
      ...found,
      adjustedPValue: found.pValue,
      overSeeds: intervalOverSeeds(bySeed.map((one) => one[name])),
    };
  };
  return {
    seeds: bySeed.map(({ seed }) => seed),
    accuracy: difference('accuracy'),
    balancedAccuracy: difference('balancedAccuracy'),
    bySeed,
  };
}

function compareSeed(cell: EvaluatedCell, other: EvaluatedCell): GridComparison['bySeed'][number] {
  const { onlyA, onlyB, pValue } = mcnemar(rightAnswers(cell), rightAnswers(other));
  const [scores, base] = [scoresOf(cell), scoresOf(other)];
  return {
    seed: cell.seed,
    accuracy: scores.accuracy - base.accuracy,
    balancedAccuracy: scores.balancedAccuracy - base.balancedAccuracy,
    onlyThis: onlyA,
    onlyCrossEntropy: onlyB,
    pValue,
  };
}

function scoresOf({ evaluation }: EvaluatedCell): ClassificationScores {
  return scoreConfusion(evaluation.classification.confusion);
}

function rightAnswers({ evaluation }: EvaluatedCell): boolean[] {
  return evaluation.images.map(({ label, predicted }) => label === predicted);
}
