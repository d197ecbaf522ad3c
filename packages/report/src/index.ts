/**
 * Figures and one-file HTML pages about a trained model.
 *
 * @example
 * import { confusionMatrixFigure, drawSvg } from '@isometry/report';
 * const figure = confusionMatrixFigure({ labels: ['cat', 'dog'], matrix: [[9, 1], [2, 8]] });
 * const svg = await drawSvg(figure, 'light');
 *
 * @packageDocumentation
 */
export type { Figure, Theme } from './figures/figure.ts';
export {
  confusionMatrixFigure,
  type ConfusionMatrixFigureOptions,
} from './figures/confusion-matrix.ts';
export {
  distanceHistogramFigure,
  type DistanceHistogramFigureOptions,
} from './figures/distance-histogram.ts';
export { embeddingMapFigure, type EmbeddingMapFigureOptions } from './figures/embedding-map.ts';
export {
  lossComparisonFigure,
  PAPER_MARK,
  type LossComparisonFigureOptions,
  type LossComparisonPanel,
  type LossComparisonRow,
} from './figures/loss-comparison.ts';
export {
  reliabilityFigure,
  type ReliabilityBin,
  type ReliabilityFigureOptions,
} from './figures/reliability.ts';
export { rocFigure, type RocCurve, type RocFigureOptions } from './figures/roc.ts';
export {
  trainingCurvesFigure,
  type HistoryRecord,
  type TrainingCurvesFigureOptions,
} from './figures/training-curves.ts';
export { drawInlineSvg, drawSvg } from './draw/draw-svg.ts';
export { drawPng, type DrawPngOptions } from './draw/draw-png.ts';
export { FIGURE_CSS } from './draw/figure-css.ts';
export type { EmbeddingPoints, ProjectOptions } from './projection/embedding-points.ts';
export { projectTsne, tsnePerplexity, type ProjectTsneOptions } from './projection/project-tsne.ts';
export { projectUmap, umapNeighbours, type ProjectUmapOptions } from './projection/project-umap.ts';
export type {
  Block,
  Cell,
  Column,
  Fact,
  Page,
  Picture,
  Score,
  Section,
  Table,
} from './page/page.ts';
export { renderPage } from './page/render-page.ts';
export {
  EVALUATION_KIND,
  EVALUATION_VERSION,
  type ClassificationRecord,
  type CalibrationRecord,
  type ClassRecord,
  type DistanceRecord,
  type EpochRecord,
  type EvaluatedData,
  type EvaluatedImage,
  type EvaluatedModelRecord,
  type Evaluation,
  type MapsRecord,
  type MeanScores,
  type RetrievalRecord,
  type RocRecord,
  type SkippedFile,
} from './evaluation/evaluation.ts';
export { parseEvaluation, serializeEvaluation } from './evaluation/evaluation-schema.ts';
export { evaluationPage, type EvaluationPageOptions } from './evaluation/evaluation-page.ts';
export { worstMistakes, type Mistake } from './evaluation/worst-mistakes.ts';
export { encodePicture, type EncodePictureOptions } from './pictures/encode-picture.ts';
export {
  contactSheet,
  type ContactSheetOptions,
  type SheetPicture,
} from './pictures/contact-sheet.ts';
export type { EvaluatedCell } from './reproduction/assert-cells.ts';
export { compareLosses } from './reproduction/compare-losses.ts';
export { nameOf } from './reproduction/names.ts';
export { PAPER_PARAMETERS, PAPER_SHOWN_LOSSES, paperMap } from './reproduction/paper-results.ts';
export type {
  CellScores,
  GridCell,
  GridComparison,
  GridRow,
  PairedDifference,
  Reproduction,
  ScoreName,
} from './reproduction/reproduction.ts';
export { reproductionPage, type ReproductionFigures } from './reproduction/reproduction-page.ts';
export { mapParameters } from './projection/map-parameters.ts';
