import { confusionMatrixFigure } from '../figures/confusion-matrix.ts';
import { lossComparisonFigure, PAPER_MARK } from '../figures/loss-comparison.ts';
import type { Figure } from '../figures/figure.ts';
import type { Block, Page, Section } from '../page/page.ts';
import { cellSection } from './cell-section.ts';
import { listMissing } from './list-missing.ts';
import { nameOf } from './names.ts';
import { percent, toBlock } from './number-cells.ts';
import { PAPER_TITLE, paperConfusion } from './paper-results.ts';
import type { Reproduction } from './reproduction.ts';
import { countSeeds, mostSeeds, seedMark } from './seed-counts.ts';
import { scoreSection } from './score-section.ts';
import { testSection } from './test-section.ts';

export interface ReproductionFigures {
  /** Maps and distances of the embeddings of some rows, beside the paper's figures 3 and 4. */
  readonly embeddings: readonly Figure[];
}

/** The page of a reproduction: the paper's tables and figures on other images, and its own values beside them. */
export function reproductionPage(found: Reproduction, figures: ReproductionFigures): Page {
  return {
    title: `Deep metric learning on ${found.data.name}`,
    lead: lead(found),
    notes: notes(found),
    sections: [
      comparisonSection(found),
      scoreSection(found),
      testSection(found),
      confusionSection(found),
      {
        id: 'embeddings',
        title: 'Embeddings (figures 3 and 4)',
        text: 'Test images of the first seed in the metric space that each loss made. Maps keep neighbours, not distances: whether clusters are apart is shown by the histograms.',
        blocks: figures.embeddings.map((figure): Block => ({ kind: 'figure', figure })),
      },
      parameterSection(found),
      cellSection(found),
      aboutSection(found),
    ].filter(({ blocks }) => blocks.length > 0),
  };
}

function lead({ rows, cells, data }: Reproduction): string {
  const most = mostSeeds(rows);
  const backbones = new Set(rows.map(({ backbone }) => backbone)).size;
  const full = rows.filter(({ seeds }) => seeds.length === most);
  const [best] = [...full].sort(
    (a, b) => b.scores.balancedAccuracy.value - a.scores.balancedAccuracy.value,
  );
  if (best === undefined) return 'No training is finished yet.';
  const left = rows.length - full.length;
  return [
    `${cells.length} training${cells.length === 1 ? '' : 's'}: ${backbones} backbone${backbones === 1 ? '' : 's'}, ${left === 0 ? '' : 'up to '}${countSeeds(most)}, ${data.labels.length} classes.`,
    `Highest balanced accuracy${most === 1 ? ', of one seed' : `, mean over ${countSeeds(most)}`}: ${nameOf(best.backbone)} with ${nameOf(best.loss).toLowerCase()}, ${percent(best.scores.balancedAccuracy.value)}%.`,
    ...(left === 0
      ? []
      : [
          `${left} row${left === 1 ? '' : 's'} with fewer seeds ${left === 1 ? 'is' : 'are'} left out of this.`,
        ]),
  ].join(' ');
}

function notes({ data, weights, settings, protocol, rows, missing }: Reproduction): string[] {
  const used = [...new Set(rows.map(({ backbone }) => backbone))];
  return [
    ...(data.isPaperData
      ? [
          `The class sizes are those of the paper’s data set (${PAPER_TITLE}; its photos are not public). That is all that was checked: another set of these sizes would stand beside the paper’s values just the same.`,
        ]
      : [
          `Another data set than the paper’s (${PAPER_TITLE}; its photos are not public): these figures stand in for it and reproduce nothing of it. Its own values are shown for orientation, as “${PAPER_MARK}”.`,
        ]),
    `Protocol ${protocol}${Object.entries(settings)
      .map(([name, value]) => `, ${name} ${value}`)
      .join('')}. Weights at the start: ${used
      .map((backbone) => `${nameOf(backbone)} ${weights[backbone] ?? 'unknown'}`)
      .join('; ')}.`,
    ...(missing.length === 0
      ? []
      : [
          `${missing.length === 1 ? 'One training of the grid is' : `${missing.length} trainings of the grid are`} not finished: see the list at the end.`,
        ]),
  ];
}

function comparisonSection({ rows, data }: Reproduction): Section {
  const metrics = [
    { metric: 'balancedAccuracy', title: 'Balanced accuracy' },
    { metric: 'accuracy', title: 'Accuracy' },
  ] as const;
  return {
    id: 'comparison',
    title: 'Losses compared',
    text: `Dots are means over the seeds with 95% intervals of the test ${data.isGrouped ? 'groups' : 'images'} drawn anew; the small dots are the seeds, and show what these intervals leave out: another training.`,
    blocks:
      rows.length === 0
        ? []
        : metrics.map(({ metric, title }) => ({
            kind: 'figure',
            figure: lossComparisonFigure({
              id: metric === 'accuracy' ? 'losses-accuracy' : 'losses-balanced-accuracy',
              title: `${title} by loss`,
              metric: title,
              paperName: data.isPaperData ? 'paper' : PAPER_MARK,
              panels: [...new Set(rows.map(({ backbone }) => backbone))].map((backbone) => ({
                title: nameOf(backbone),
                rows: rows
                  .filter((row) => row.backbone === backbone)
                  .map((row) => ({
                    loss: `${nameOf(row.loss)}${seedMark(row, rows)}`,
                    mean: row.scores[metric],
                    seeds: row.bySeed.map((scores) => scores[metric]),
                    // The paper gives no balanced accuracy.
                    paper:
                      metric === 'accuracy' && row.paper !== null ? row.paper.accuracy / 100 : null,
                  })),
              })),
            }),
          })),
  };
}

function confusionSection({ rows, data }: Reproduction): Section {
  return {
    id: 'confusion',
    title: 'Confusion (tables 4 and 5)',
    blocks: rows.flatMap(({ backbone, loss, confusion, seeds }): Block[] => {
      const paper = paperConfusion(loss, data.isPaperData);
      if (backbone !== 'mobilenet' || paper === null) return [];
      const figure = confusionMatrixFigure({
        id: `confusion-${backbone}-${loss}`,
        title: `${nameOf(backbone)}, ${nameOf(loss).toLowerCase()}, ${countSeeds(seeds.length)} together`,
        labels: data.labels,
        matrix: confusion,
      });
      return [{ kind: 'figure', figure: { ...figure, caption: `${figure.caption} ${paper}` } }];
    }),
  };
}

function parameterSection({ parameters }: Reproduction): Section {
  return {
    id: 'parameters',
    title: 'Parameters (table 3)',
    blocks:
      parameters.length === 0
        ? []
        : [
            toBlock({
              id: 'table-3',
              caption: 'Values in the layers of the backbone, without embedding and classifier.',
              columns: [
                { title: 'Backbone' },
                { title: 'Here', numeric: true },
                { title: 'Paper', numeric: true },
              ],
              rows: parameters.map(({ backbone, parameters: own, paper }) => [
                { text: nameOf(backbone) },
                { text: own.toLocaleString('en-US'), sort: own },
                { text: paper === null ? '' : paper.toLocaleString('en-US'), sort: paper ?? 0 },
              ]),
            }),
          ],
  };
}

function aboutSection(found: Reproduction): Section {
  const { data, missing, software } = found;
  const list = listMissing(missing);
  return {
    id: 'about',
    title: 'About these figures',
    blocks: [
      {
        kind: 'facts',
        facts: [
          { name: 'Images', value: `${data.name}, digest ${data.digest}` },
          {
            name: 'Test images',
            value: Object.entries(data.testImages)
              .map(([seed, count]) => `seed ${seed}: ${count}`)
              .join(', '),
          },
          { name: 'Splits', value: data.isGrouped ? 'whole groups' : 'single images' },
          { name: 'Software', value: software },
          ...(list.length === 0 ? [] : [{ name: 'Not finished', value: list.join('; ') }]),
        ],
      },
    ],
  };
}
