import { basename, join } from 'node:path';
import { distanceHistogram, type Progress } from '@isometry/core';
import { readTable } from '@isometry/dataset';
import type { Figure, Reproduction } from '@isometry/report';
import { ownVersion } from '../own-version.ts';
import { projectionInput, toPoints } from '../evaluate/project-embeddings.ts';
import { tablesMarkdown } from '../report/tables-markdown.ts';
import { makeFolder } from '../make-folder.ts';
import { writeReport, type WriteReportOptions } from '../report/write-report.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import { cellFolder } from './cell-folder.ts';
import { readCellFailure } from './cell-result.ts';
import { collectCells, readEmbeddings, type CollectedCell } from './collect-cells.ts';
import { cellId, type Cell } from './grid.ts';
import type { GridSettings } from './grid-settings.ts';

export interface WriteReproductionOptions extends WriteReportOptions {
  readonly settings: GridSettings;
  /** The cells that were asked for: those that are not done are listed as missing. */
  readonly asked: readonly Cell[];
}

/** The classes of the paper's photos: warts, normal skin, corns. */
const PAPER_COUNTS = '1068,1010,437';

/** Writes `report/` of what is done: the page, its figures, reproduction.json and tables.md. */
export async function writeReproduction(
  out: string,
  cells: readonly Cell[],
  options: WriteReproductionOptions,
): Promise<{ readonly page: string; readonly reproduction: Reproduction }> {
  const { reproductionPage } = await import('@isometry/report');
  options.onProgress?.({ stage: 'report', done: 0 });
  const collected = await collectCells(out, cells);
  const reproduction = await describe(out, cells, collected, options);
  const embeddings = await embeddingFigures(out, collected, reproduction, options);
  const page = reproductionPage(reproduction, { embeddings });
  const folder = join(out, 'report');
  await makeFolder(folder);
  await writeWholeFile(
    join(folder, 'reproduction.json'),
    `${JSON.stringify(reproduction, undefined, 2)}\n`,
  );
  await writeWholeFile(join(folder, 'tables.md'), tablesMarkdown(page));
  return { page: await writeReport(folder, page, options), reproduction };
}

async function describe(
  out: string,
  cells: readonly Cell[],
  collected: readonly CollectedCell[],
  { settings, asked }: WriteReproductionOptions,
): Promise<Reproduction> {
  const { compareLosses, PAPER_PARAMETERS } = await import('@isometry/report');
  const [first] = collected;
  return {
    kind: 'isometry.reproduction',
    version: 1,
    software: `isometry ${await ownVersion()}`,
    protocol: settings.protocol,
    settings: JSON.parse(JSON.stringify(settings.recipe)) as Reproduction['settings'],
    weights: Object.fromEntries(
      collected.map(({ cell, weights }) => [
        cell.backbone,
        describeWeights(settings.weights[cell.backbone], weights),
      ]),
    ),
    data: {
      name: settings.name,
      digest: first?.dataDigest ?? '',
      labels: first?.evaluation.model.labels ?? [],
      testImages: Object.fromEntries(
        collected.map(({ cell, evaluation }) => [`${cell.seed}`, evaluation.data.count]),
      ),
      isGrouped: first !== undefined && first.evaluation.data.groups !== null,
      isPaperData: first !== undefined && (await classCounts(out, first)) === PAPER_COUNTS,
    },
    rows: compareLosses(collected.map(({ cell, evaluation }) => ({ ...cell, evaluation }))),
    cells: collected.map(scoresOf),
    parameters: [
      ...new Map(
        collected.map(({ cell, backboneParameters }) => [cell.backbone, backboneParameters]),
      ),
    ].map(([backbone, parameters]) => ({
      backbone,
      parameters,
      paper: PAPER_PARAMETERS[backbone] ?? null,
    })),
    missing: await missingCells(out, [...cells, ...asked], collected),
  };
}

async function missingCells(
  out: string,
  cells: readonly Cell[],
  collected: readonly CollectedCell[],
): Promise<Reproduction['missing']> {
  const done = new Set(collected.map(({ cell }) => cellId(cell)));
  const open = new Map(cells.map((cell) => [cellId(cell), cell]));
  return Promise.all(
    [...open]
      .filter(([id]) => !done.has(id))
      .map(async ([, cell]) => ({
        ...cell,
        reason: (await readCellFailure(cellFolder(out, cell).failure)) ?? null,
      })),
  );
}

function scoresOf({ cell, result, evaluation }: CollectedCell): Reproduction['cells'][number] {
  const { classification, retrieval, calibration, model } = evaluation;
  const { seconds, cpuSeconds, peakMemoryBytes, sessions } = result.training;
  return {
    ...cell,
    modelDigest: model.digest,
    accuracy: classification.accuracy.value,
    balancedAccuracy: classification.balancedAccuracy.value,
    macroF1: classification.macroF1.value,
    precisionAt1: retrieval.precisionAt1,
    rPrecision: retrieval.rPrecision,
    mapAtR: retrieval.mapAtR,
    prototypeAccuracy: retrieval.prototypeAccuracy,
    ece: calibration.ece,
    epochs: result.epochs,
    seconds,
    cpuSeconds,
    peakMemoryBytes,
    sessions,
  };
}

/** A file by its name and digest: where it lay on this machine is nobody's business. */
function describeWeights(given: string, digest: string): string {
  return digest === 'random' ? 'random' : `${basename(given)} (${digest.slice(0, 19)}…)`;
}

/** Sizes of the classes of all images, the largest first. */
async function classCounts(out: string, { cell }: CollectedCell): Promise<string> {
  const table = await readTable(join(cellFolder(out, cell).run, 'split.csv'));
  const labels = table.rows.map((row) => row[table.columns.indexOf('label')] ?? '');
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a).join();
}

/** Maps and distances of MobileNet's first seed with the losses of the paper's figures 3 and 4. */
async function embeddingFigures(
  out: string,
  collected: readonly CollectedCell[],
  { data }: Reproduction,
  { signal, onProgress }: WriteReproductionOptions,
): Promise<readonly Figure[]> {
  const report = await import('@isometry/report');
  const { distanceHistogramFigure, embeddingMapFigure, mapParameters } = report;
  const { nameOf, paperMap, projectTsne } = report;
  const shown = report.PAPER_SHOWN_LOSSES.flatMap((loss) => {
    const own = collected.find(({ cell }) => cell.backbone === 'mobilenet' && cell.loss === loss);
    return own === undefined ? [] : [own];
  });
  const maps: Figure[] = [];
  const distances: Figure[] = [];
  for (const own of shown) {
    const { cell, evaluation } = own;
    const { labels, embedding } = evaluation.model;
    const set = {
      data: await readEmbeddings(out, own), // oxlint-disable-line no-await-in-loop
      size: embedding.size,
      classes: evaluation.images.map(({ label }) => labels.indexOf(label)),
    };
    const title = `${nameOf(cell.backbone)}, ${nameOf(cell.loss).toLowerCase()}, seed ${cell.seed}`;
    const tell = (progress: Progress): void =>
      onProgress?.({ ...progress, message: `${cell.loss}${progress.message ?? ''}` });
    // oxlint-disable-next-line no-await-in-loop -- one after the other: both take the only thread
    const flat = await projectTsne(projectionInput(set.data, embedding), {
      signal,
      onProgress: tell,
    });
    const map = embeddingMapFigure({
      id: `tsne-${cell.backbone}-${cell.loss}`,
      title,
      method: 't-SNE',
      points: toPoints(flat),
      classes: set.classes,
      labels,
      wrong: evaluation.images.map(({ label, predicted }) => label !== predicted),
      parameters: mapParameters('t-SNE', set.classes.length),
    });
    maps.push({ ...map, caption: `${map.caption} ${paperMap(cell.loss, data.isPaperData) ?? ''}` });
    distances.push(
      distanceHistogramFigure({
        id: `distances-${cell.backbone}-${cell.loss}`,
        title,
        ...distanceHistogram(set, { distance: embedding.distance }),
        unit: embedding.distance,
      }),
    );
  }
  return [...maps, ...distances];
}
