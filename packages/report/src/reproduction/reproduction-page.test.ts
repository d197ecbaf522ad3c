import { expect, it } from 'vitest';
import { renderPage } from '../page/render-page.ts';
import type { Page, Table } from '../page/page.ts';
import { reproductionPage } from './reproduction-page.ts';
import type { GridRow, Reproduction } from './reproduction.ts';
import { intervalOverSeeds } from './student-t.ts';

const interval = (value: number) => ({
  value,
  low: value - 0.03,
  high: value + 0.02,
  level: 0.95,
  method: 'cluster bootstrap',
});

interface RowOptions {
  readonly seeds?: readonly number[];
  /** Of every seed. */
  readonly differences?: readonly number[];
  readonly adjustedPValue?: number;
}

function row(
  loss: string,
  accuracy: number,
  difference: number | null,
  { seeds = [1, 2], differences, adjustedPValue = 0.0008 }: RowOptions = {},
): GridRow {
  const scores = interval(accuracy);
  const own = differences ?? seeds.map(() => difference ?? 0);
  const around = { low: (difference ?? 0) - 0.02, high: (difference ?? 0) + 0.02 };
  const paired = {
    difference: { ...scores, value: difference ?? 0, ...around },
    pValue: 0.0004,
    adjustedPValue,
    overSeeds: intervalOverSeeds(own),
  };
  return {
    backbone: 'mobilenet',
    loss,
    seeds,
    scores: {
      precision: scores,
      recall: scores,
      f1: scores,
      accuracy: scores,
      balancedAccuracy: scores,
      macroF1: scores,
    },
    bySeed: seeds.map(() => ({ accuracy, balancedAccuracy: accuracy })),
    paper: { precision: 93.23, recall: 92.84, f1: 92.97, accuracy: 92.84 },
    comparison:
      difference === null
        ? null
        : {
            seeds,
            accuracy: paired,
            balancedAccuracy: paired,
            bySeed: seeds.map((seed, at) => ({
              seed,
              accuracy: own[at] as number,
              balancedAccuracy: own[at] as number,
              onlyThis: 20,
              onlyCrossEntropy: 4,
              pValue: 0.0015,
            })),
          },
    confusion: [
      [40, 10],
      [5, 45],
    ],
  };
}

const FOUND: Reproduction = {
  kind: 'isometry.reproduction',
  version: 1,
  software: 'isometry 0.1.0',
  protocol: 'paper',
  settings: { epochs: 10 },
  weights: { mobilenet: 'random' },
  data: {
    name: 'photos',
    digest: 'ab12',
    labels: ['corn', 'wart'],
    testImages: { 1: 100, 2: 100 },
    isGrouped: true,
    isPaperData: false,
  },
  rows: [row('cross-entropy', 0.8, null), row('lifted-structured', 0.85, 0.05)],
  cells: [],
  parameters: [{ backbone: 'mobilenet', parameters: 3_228_864, paper: 3_228_864 }],
  missing: [{ backbone: 'resnet50', loss: 'triplet', seed: 1, reason: 'The loss became NaN.' }],
};

const tables = (page: Page): readonly Table[] =>
  page.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : [])),
  );
const textOf = (page: Page): string => JSON.stringify(page);

it('says first that it is another data set, which protocol and which weights', () => {
  const { notes } = reproductionPage(FOUND, { embeddings: [] });
  expect(notes[0]).toMatch(/^Another data set than the paper’s/u);
  expect(notes[1]).toBe('Protocol paper, epochs 10. Weights at the start: MobileNet random.');
  expect(notes[2]).toContain('One training of the grid is not finished');
});

it('says that only the class sizes are the paper’s, and does not call it another data set then', () => {
  const found = { ...FOUND, data: { ...FOUND.data, isPaperData: true } };
  const { notes, sections } = reproductionPage(found, { embeddings: [] });
  expect(notes[0]).toMatch(
    /^The class sizes are those of the paper’s data set .*all that was checked/u,
  );
  const [, figure] = sections.find(({ id }) => id === 'confusion')?.blocks ?? [];
  expect(figure).toMatchObject({
    figure: {
      caption: expect.stringContaining(
        'The paper’s table 5: warts 0.971, corns 0.949 and normal skin 0.986 right.',
      ) as string,
    },
  });
  expect(textOf(reproductionPage(found, { embeddings: [] }))).not.toContain('another data set');
});

it('has means with intervals in table 2, and the paper’s numbers beside them', () => {
  const [own, paper] = tables(reproductionPage(FOUND, { embeddings: [] }));
  expect(own?.rows[1]?.map(({ text }) => text)).toEqual([
    'MobileNet',
    'Lifted structured',
    '2',
    ...Array.from({ length: 4 }, () => '85.0 (82.0–87.0)'),
  ]);
  expect(paper?.caption).toContain('another data set');
  expect(paper?.rows[0]?.map(({ text }) => text)).toEqual([
    'MobileNet',
    'Cross-entropy',
    '93.23',
    '92.84',
    '92.97',
    '92.84',
  ]);
});

const differencesOf = (rows: readonly GridRow[]) => {
  const page = reproductionPage({ ...FOUND, rows }, { embeddings: [] });
  return ['table-differences', 'table-differences-accuracy'].map(
    (id) => tables(page).find((table) => table.id === id)?.rows ?? [],
  );
};

it('has both intervals of a difference, and what is drawn anew for each above them', () => {
  const compared = row('triplet', 0.8, 0.05, { differences: [0.04, 0.06] });
  for (const table of differencesOf([row('cross-entropy', 0.8, null), compared])) {
    expect(table.map((cells) => cells.map(({ text }) => text))).toEqual([
      // 12.706 * 0.0141 / sqrt(2).
      ['MobileNet', 'Triplet', '2', '+5.0', '+3.0 to +7.0', '< 0.001', '-7.7 to +17.7'],
    ]);
  }
  const { sections } = reproductionPage(FOUND, { embeddings: [] });
  const text = sections.find(({ id }) => id === 'tests')?.text;
  expect(text).toContain('groups of test images are drawn anew, paired, and the trainings stay');
  expect(text).toContain('Bold: p is below 0.05, there are two seeds or more, and');
});

it('marks differences that are significant and of one sign in every seed, and no others', () => {
  const isMarked = (differences: readonly number[], adjustedPValue: number) => {
    const value = differences.reduce((sum, own) => sum + own, 0) / differences.length;
    const seeds = differences.map((_, at) => at + 1);
    const compared = row('triplet', 0.8, value, { seeds, differences, adjustedPValue });
    const found = differencesOf([row('cross-entropy', 0.8, null, { seeds }), compared]);
    const marked = found.map(([cells]) => (cells ?? []).map(({ emphasis }) => emphasis === true));
    expect(marked[0]).toEqual(marked[1]);
    return marked[0]?.includes(true);
  };
  expect(isMarked([0.04, 0.06], 0.049)).toBe(true);
  expect(isMarked([-0.04, -0.06], 0.01)).toBe(true);
  expect(isMarked([0.04, 0.06], 0.05)).toBe(false);
  // A training went the other way: the accuracy of contrastive on ham3, p 0.030.
  expect(isMarked([0.015, -0.03, -0.096], 0.03)).toBe(false);
  expect(isMarked([0, 0.06], 0.01)).toBe(false);
  expect(isMarked([0.05], 0.001)).toBe(false);
});

it('has no interval over one seed', () => {
  const one = { seeds: [1] };
  const rows = [row('cross-entropy', 0.8, null, one), row('triplet', 0.8, 0.05, one)];
  expect(differencesOf(rows)[0]?.[0]?.at(-1)).toEqual({ text: '–' });
});

it('compares rows of the most seeds in its lead, and marks those that lack some', () => {
  const rows = [
    row('cross-entropy', 0.8, null, { seeds: [1, 2, 3] }),
    row('triplet', 0.95, 0.15, { seeds: [2] }),
    row('contrastive', 0.81, 0.01, { seeds: [1, 2, 3] }),
  ];
  const page = reproductionPage({ ...FOUND, rows }, { embeddings: [] });
  expect(page.lead).toContain(
    'Highest balanced accuracy, mean over 3 seeds: MobileNet with contrastive, 81.0%. 1 row with fewer seeds is left out of this.',
  );
  for (const id of ['table-2', 'table-2-classes']) {
    const table = tables(page).find((own) => own.id === id);
    expect(table?.rows.map((cells) => cells[2])).toEqual([
      { text: '3', sort: 3 },
      { text: '1 of 3', sort: 1 },
      { text: '3', sort: 3 },
    ]);
  }
  expect(differencesOf(rows)[0]?.map((cells) => cells[2]?.text)).toEqual(['1 of 3', '3']);
  const [figure] = page.sections.find(({ id }) => id === 'comparison')?.blocks ?? [];
  const drawn = JSON.stringify(figure);
  expect(drawn).toContain('"Triplet (1 of 3 seeds)"');
  expect(drawn).not.toContain('Contrastive (');
});

it('draws the longest name with its mark', () => {
  const rows = [
    row('cross-entropy', 0.8, null, { seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }),
    row('lifted-structured', 0.8, 0.05),
  ];
  const page = reproductionPage({ ...FOUND, rows }, { embeddings: [] });
  expect(textOf(page)).toContain('"Lifted structured (2 of 10 seeds)"');
});

it('says in its lead that there was one seed', () => {
  const rows = [row('cross-entropy', 0.8, null, { seeds: [4] })];
  expect(reproductionPage({ ...FOUND, rows }, { embeddings: [] }).lead).toContain(
    'Highest balanced accuracy, of one seed: MobileNet with cross-entropy, 80.0%.',
  );
});

it('names what is not finished, and why', () => {
  expect(textOf(reproductionPage(FOUND, { embeddings: [] }))).toContain(
    'ResNet50, triplet, seed 1: The loss became NaN.',
  );
});

it('lists the seeds that are not finished together', () => {
  const cell = { backbone: 'resnet50', loss: 'triplet', reason: null };
  const missing = [
    { ...cell, seed: 1, reason: 'The loss became NaN.' },
    { ...cell, seed: 2 },
    { ...cell, loss: 'contrastive', seed: 2 },
    { ...cell, seed: 3 },
  ];
  expect(textOf(reproductionPage({ ...FOUND, missing }, { embeddings: [] }))).toContain(
    'ResNet50, triplet, seed 1: The loss became NaN.; ResNet50, triplet, seeds 2, 3; ResNet50, contrastive, seed 2',
  );
});

it('is a page of one file before anything is trained, too', async () => {
  const page = reproductionPage(
    { ...FOUND, rows: [], cells: [], parameters: [], missing: [] },
    { embeddings: [] },
  );
  expect(page.lead).toBe('No training is finished yet.');
  expect(page.sections.map(({ id }) => id)).toEqual(['about']);
  expect(await renderPage(page)).toContain('No training is finished yet.');
});
