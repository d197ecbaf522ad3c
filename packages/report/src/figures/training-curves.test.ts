import { describe, expect, it } from 'vitest';
import { drawSvg } from '../draw/draw-svg.ts';
import { trainingCurvesFigure, type HistoryRecord } from './training-curves.ts';
import { stagePanels } from './training-panels.ts';

function record(
  epoch: number,
  values: Record<string, number>,
  stage = 'train-network',
): HistoryRecord {
  return { stage, epoch, values };
}

describe(stagePanels, () => {
  it('puts two losses of one kind together, and a metric loss apart from the validation’s', () => {
    const panels = stagePanels([
      record(1, { loss: 1, validationLoss: 2, validationBalancedAccuracy: 0.5 }),
    ]);
    expect(
      panels.map(({ title, curves }) => [title, curves.map(({ name }) => name)]),
    ).toStrictEqual([
      ['loss (nats)', ['training', 'validation']],
      ['balanced accuracy', ['validation']],
    ]);
    const metric = stagePanels([
      record(1, {
        loss: 900,
        metricLoss: 900,
        validationLoss: 1,
        positiveDistance: 2,
        negativeDistance: 3,
      }),
    ]);
    expect(
      metric.map(({ title, curves }) => [title, curves.map(({ name }) => name)]),
    ).toStrictEqual([
      ['metric loss', ['training']],
      ['validation loss (nats)', ['validation']],
      ['mean distance', ['same class', 'other class']],
    ]);
  });

  it('keeps accuracy and balanced accuracy apart', () => {
    const panels = stagePanels([
      record(1, { accuracy: 0.1, validationAccuracy: 0.2, validationBalancedAccuracy: 0.3 }),
    ]);
    expect(panels.map(({ title, curves }) => [title, curves.length])).toStrictEqual([
      ['balanced accuracy', 1],
      ['accuracy', 2],
    ]);
  });
});

describe(trainingCurvesFigure, () => {
  it('leaves out what is no number: a loss that became infinite', async () => {
    const history = [1, 2, 3].map((epoch) =>
      record(epoch, { loss: epoch === 2 ? Infinity : epoch, validationLoss: Number.NaN }),
    );
    const figure = trainingCurvesFigure({ history });
    expect(figure.description).toContain('training: 1 to 3');
    expect(figure.description).not.toContain('validation:');
    expect(await drawSvg(figure, 'light')).not.toContain('NaN');
  });

  it('goes to a logarithmic axis where the first epoch would hide the rest, and only there', async () => {
    const curve = (first: number): string =>
      JSON.stringify(
        trainingCurvesFigure({ history: [record(1, { loss: first }), record(2, { loss: 1 })] })
          .spec,
      );
    expect(curve(3000)).toContain('log scale');
    expect(curve(10)).not.toContain('log scale');
    // No logarithm of nothing.
    const zero = trainingCurvesFigure({
      history: [record(1, { loss: 3000 }), record(2, { loss: 0 })],
    });
    expect(JSON.stringify(zero.spec)).not.toContain('log scale');
  });

  it.each([1e-8, 1, 2e7])('draws a constant loss of %f', async (loss) => {
    const history = [record(1, { loss }), record(2, { loss })];
    expect(await drawSvg(trainingCurvesFigure({ history }), 'light')).not.toMatch(/NaN|Infinity/u);
  });

  it('names stages as people do, in their order', () => {
    const { caption } = trainingCurvesFigure({
      history: [
        record(1, { loss: 1 }, 'train-embedding'),
        record(1, { loss: 1 }, 'train-classifier'),
      ],
    });
    expect(caption).toContain('Embedding: 1 epoch; Classifier: 1 epoch.');
  });

  it.each([[[]], [[record(1, { learningRate: 1 })]]])(
    'of %j says that there is nothing',
    (history) => {
      expect(trainingCurvesFigure({ history }).caption).toContain('No epoch was recorded');
    },
  );
});
