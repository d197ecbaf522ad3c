import type { Evaluation } from './evaluation.ts';

/** Probabilities and rates come out of float32: the seventh digit is noise. */
const SHARE_DIGITS = 6;
/** A map is some hundred units wide and is drawn on some hundred pixels. */
const MAP_DIGITS = 3;
/** Losses and rates of a training, on whatever scale. */
const SIGNIFICANT_DIGITS = 7;

/**
 * The evaluation with the numbers that there are many of rounded: probabilities and ROC rates to 1e-6, coordinates of
 * maps to 1e-3, the training's values and the edges of distances to seven digits. Scores stay as they are.
 */
export function compactEvaluation(evaluation: Evaluation): Evaluation {
  const { images, maps, roc, history, distances } = evaluation;
  return {
    ...evaluation,
    distances: { ...distances, edges: distances.edges.map(toSignificant) },
    maps: { tsne: roundMap(maps.tsne), umap: roundMap(maps.umap) },
    roc: roc.map((curve) => ({
      ...curve,
      falsePositiveRate: curve.falsePositiveRate.map(toShare),
      truePositiveRate: curve.truePositiveRate.map(toShare),
    })),
    images: images.map((image) => ({
      ...image,
      probabilities: image.probabilities.map(toShare),
    })),
    history:
      history?.map((epoch) => ({
        ...epoch,
        values: Object.fromEntries(
          Object.entries(epoch.values).map(([name, value]) => [name, toSignificant(value)]),
        ),
      })) ?? null,
  };
}

function roundMap(map: Evaluation['maps']['tsne']): Evaluation['maps']['tsne'] {
  return map?.map((point) => point.map((value) => round(value, MAP_DIGITS))) ?? null;
}

function toShare(value: number): number {
  return Math.min(1, round(value, SHARE_DIGITS));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function toSignificant(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
