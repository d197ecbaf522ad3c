import { sampleRows } from '@isometry/core';
import { distanceHistogramFigure } from '../figures/distance-histogram.ts';
import { embeddingMapFigure } from '../figures/embedding-map.ts';
import type { Figure } from '../figures/figure.ts';
import { countOf, countText } from '../figures/number-text.ts';
import type { Block, Section, Table } from '../page/page.ts';
import { mapParameters } from '../projection/map-parameters.ts';
import type { Evaluation } from './evaluation.ts';
import { percentCell } from './score-text.ts';

/** Points that a map draws: each is some hundred bytes of SVG, and more of them hide each other. */
const MAP_POINTS = 2000;

export function embeddingSection(evaluation: Evaluation): Section {
  const { model, retrieval, distances, maps } = evaluation;
  const { size, normalised, distance } = model.embedding;
  const blocks: Block[] = [{ kind: 'table', table: retrievalTable(retrieval) }];
  const add = (figure: Figure): number => blocks.push({ kind: 'figure', figure });
  if (maps.tsne !== null) {
    add(mapFigure(evaluation, { id: 'tsne', method: 't-SNE', points: maps.tsne }));
  }
  if (maps.umap !== null) {
    add(mapFigure(evaluation, { id: 'umap', method: 'UMAP', points: maps.umap }));
  }
  add(distanceHistogramFigure(distances));
  return {
    id: 'embedding',
    title: 'Embedding',
    text:
      `Each image is a point of ${countOf(size, 'dimension')}${normalised ? ' on the unit sphere' : ''}; ${distance} distance stands for similarity. ` +
      `Of ${countOf(retrieval.queries + retrieval.loneQueries, 'image')}, ${countText(retrieval.queries)} have another one of their class to look for.`,
    blocks,
  };
}

interface MapOptions {
  readonly id: string;
  readonly method: 't-SNE' | 'UMAP';
  readonly points: readonly (readonly number[])[];
}

function mapFigure({ images, model }: Evaluation, { id, method, points }: MapOptions): Figure {
  const rows = sampleRows(images.length, MAP_POINTS, 'evaluation-map');
  const indexOf = new Map(model.labels.map((label, index) => [label, index]));
  const chosen = rows.map((row) => images[row]).filter((image) => image !== undefined);
  const figure = embeddingMapFigure({
    id,
    method,
    points: rows.map((row) => points[row] ?? [0, 0]),
    classes: chosen.map(({ label }) => indexOf.get(label) ?? 0),
    labels: model.labels,
    wrong: chosen.map(({ label, predicted }) => label !== predicted),
    parameters: mapParameters(method, images.length),
  });
  if (rows.length === images.length) return figure;
  return {
    ...figure,
    caption: `${figure.caption} Drawn is a random sample of the ${countText(images.length)} images; the map was made of all.`,
  };
}

function retrievalTable(retrieval: Evaluation['retrieval']): Table {
  const { macro, recallAt, neighbours, reference } = retrieval;
  const among = 'the images themselves';
  return {
    id: 'retrieval',
    caption: 'How often an image’s neighbours are of its class.',
    columns: [
      { title: 'Measure' },
      { title: 'Neighbours among' },
      { title: 'All images', numeric: true },
      { title: 'Mean of classes', numeric: true },
    ],
    rows: [
      retrievalRow('Precision at 1', among, retrieval.precisionAt1, macro.precisionAt1),
      retrievalRow('R-precision', among, retrieval.rPrecision, macro.rPrecision),
      retrievalRow('MAP@R', among, retrieval.mapAtR, macro.mapAtR),
      ...recallAt.map(({ k, value }) => retrievalRow(`Recall at ${k}`, among, value)),
      ...neighbours.map(({ k, accuracy }) =>
        retrievalRow(
          k === 1 ? 'Nearest neighbour' : `${k} nearest neighbours`,
          reference,
          accuracy,
        ),
      ),
      retrievalRow('Nearest class mean', reference, retrieval.prototypeAccuracy),
    ],
  };
}

/** Not every measure has a mean of classes. */
function retrievalRow(
  measure: string,
  where: string,
  value: number | null,
  mean?: number | null,
): Table['rows'][number] {
  return [
    { text: measure },
    { text: where },
    percentCell(value),
    mean === undefined ? { text: '' } : percentCell(mean),
  ];
}
