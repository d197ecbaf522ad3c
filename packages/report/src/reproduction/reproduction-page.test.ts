import { expect, it } from 'vitest';
import { renderPage } from '../page/render-page.ts';
import type { Page, Table } from '../page/page.ts';
import { reproductionPage } from './reproduction-page.ts';
import type { GridRow, Reproduction } from './reproduction.ts';

const interval = (value: number) => ({
  value,
  low: value - 0.03,
  high: value + 0.02,
  level: 0.95,
  method: 'cluster bootstrap',
});

function row(loss: string, accuracy: number, difference: number | null): GridRow {
  const scores = interval(accuracy);
  const paired = {
    difference: {
      ...scores,
      value: difference ?? 0,
      low: (difference ?? 0) - 0.02,
      high: (difference ?? 0) + 0.02,
    },
    pValue: 0.0004,
    adjustedPValue: 0.0008,
  };
  return {
    backbone: 'mobilenet',
    loss,
    seeds: [1, 2],
    scores: {
      precision: scores,
      recall: scores,
      f1: scores,
      accuracy: scores,
      balancedAccuracy: scores,
      macroF1: scores,
    },
    bySeed: [1, 2].map(() => ({ accuracy, balancedAccuracy: accuracy })),
    paper: { precision: 93.23, recall: 92.84, f1: 92.97, accuracy: 92.84 },
    comparison:
      difference === null
        ? null
        : {
            seeds: [1, 2],
            accuracy: paired,
            balancedAccuracy: paired,
            bySeed: [
              {
                seed: 1,
                accuracy: 0.1,
                balancedAccuracy: 0.12,
                onlyThis: 20,
                onlyCrossEntropy: 4,
                pValue: 0.0015,
              },
            ],
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

it('says nothing of another data set where the classes are the paper’s', () => {
  const found = { ...FOUND, data: { ...FOUND.data, isPaperData: true } };
  const { notes, sections } = reproductionPage(found, { embeddings: [] });
  expect(notes.join(' ')).not.toContain('data set');
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

it('marks differences whose interval leaves out zero, and no others', () => {
  const shown = (difference: number) => {
    const rows = [row('cross-entropy', 0.8, null), row('triplet', 0.8, difference)];
    const table = tables(reproductionPage({ ...FOUND, rows }, { embeddings: [] })).find(
      ({ id }) => id === 'table-differences',
    );
    return table?.rows[0]?.[3];
  };
  expect(shown(0.05)).toMatchObject({ text: '+5.0 (+3.0 to +7.0)', emphasis: true });
  expect(shown(-0.05)).toMatchObject({ text: '-5.0 (-7.0 to -3.0)', emphasis: true });
  expect(shown(0.01)).toMatchObject({ text: '+1.0 (-1.0 to +3.0)', emphasis: false });
});

it('names what is not finished, and why', () => {
  expect(textOf(reproductionPage(FOUND, { embeddings: [] }))).toContain(
    'ResNet50, triplet, seed 1: The loss became NaN.',
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
