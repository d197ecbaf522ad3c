import { countText } from '../figures/number-text.ts';
import { reliabilityFigure } from '../figures/reliability.ts';
import type { Section, Table } from '../page/page.ts';
import type { Evaluation } from './evaluation.ts';
import { decimalText, percentCell, rangeText } from './score-text.ts';

export function calibrationSection({ calibration }: Evaluation): Section {
  const { ece, adaptiveEce, brier, nll, bins } = calibration;
  return {
    id: 'calibration',
    title: 'Calibration',
    text: 'Whether the model is right as often as its probabilities say.',
    blocks: [
      {
        kind: 'figure',
        figure: reliabilityFigure({
          bins: bins.map((bin) => ({
            ...bin,
            confidence: Math.min(1, bin.confidence ?? 0),
            accuracy: bin.accuracy ?? 0,
          })),
          ece,
        }),
      },
      {
        kind: 'facts',
        facts: [
          { name: 'Calibration error', value: `${decimalText(ece)} (ECE, bins of equal width)` },
          {
            name: 'Adaptive error',
            value: `${decimalText(adaptiveEce)} (bins of equally many images)`,
          },
          { name: 'Brier score', value: `${decimalText(brier)} (0 is best, 2 is worst)` },
          { name: 'Log loss', value: `${decimalText(nll)} (mean negative log-likelihood)` },
        ],
      },
      { kind: 'table', table: binTable(bins) },
    ],
  };
}

function binTable(bins: Evaluation['calibration']['bins']): Table {
  return {
    id: 'calibration-bins',
    caption: 'The images by the probability of the class that they were taken for.',
    columns: [
      { title: 'Probability', numeric: true },
      { title: 'Images', numeric: true },
      { title: 'Mean probability', numeric: true },
      { title: 'Right', numeric: true },
    ],
    rows: bins
      .filter(({ count }) => count > 0)
      .map(({ low, high, count, confidence, accuracy }) => [
        { text: rangeText({ low, high }), sort: low },
        { text: countText(count), sort: count },
        percentCell(confidence),
        percentCell(accuracy),
      ]),
  };
}
