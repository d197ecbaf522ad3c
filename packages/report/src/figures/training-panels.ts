import type { Curve, CurvePanel } from './curve-panel.ts';
import type { HistoryRecord } from './training-curves.ts';

interface PanelPlan {
  readonly title: string;
  readonly unit: 'loss' | 'share' | 'distance';
  /** Which of a record's values, by the name of their curve. */
  readonly keys: Readonly<Record<string, string>>;
}

/** One stage's records as panels: those whose values were recorded at all. */
export function stagePanels(records: readonly HistoryRecord[]): CurvePanel[] {
  const names = new Set(records.flatMap(({ values }) => Object.keys(values)));
  return plans(names).flatMap(({ title, unit, keys }) => {
    const curves = Object.entries(keys)
      .map(([name, key]) => curveOf(records, name, key))
      .filter(({ points }) => points.length > 0);
    return curves.length === 0 ? [] : [{ title, unit, curves }];
  });
}

function plans(names: ReadonlySet<string>): PanelPlan[] {
  // A metric loss and the validation's nats are different quantities: not on one axis.
  const losses: PanelPlan[] = names.has('metricLoss')
    ? [
        { title: 'metric loss', unit: 'loss', keys: { training: 'loss' } },
        { title: 'validation loss (nats)', unit: 'loss', keys: { validation: 'validationLoss' } },
      ]
    : [
        {
          title: 'loss (nats)',
          unit: 'loss',
          keys: { training: 'loss', validation: 'validationLoss' },
        },
      ];
  const distances: PanelPlan = {
    title: 'mean distance',
    unit: 'distance',
    keys: { 'same class': 'positiveDistance', 'other class': 'negativeDistance' },
  };
  return [...losses, ...accuracyPlans(names), distances];
}

/** `trainAccuracy` and `validationAccuracy` share a panel, balanced accuracies have their own. */
function accuracyPlans(names: ReadonlySet<string>): PanelPlan[] {
  return ['BalancedAccuracy', 'Accuracy'].flatMap((measure) => {
    const keys = [...names].filter(
      (name) =>
        name.toLowerCase().endsWith(measure.toLowerCase()) &&
        (measure === 'BalancedAccuracy' || !name.toLowerCase().endsWith('balancedaccuracy')),
    );
    const title = measure === 'Accuracy' ? 'accuracy' : 'balanced accuracy';
    const named = keys.map((key): [string, string] => [
      key.startsWith('validation') ? 'validation' : 'training',
      key,
    ]);
    return keys.length === 0 ? [] : [{ title, unit: 'share', keys: Object.fromEntries(named) }];
  });
}

/** What training minimises or brings together, and what is beside it. */
const SECOND: ReadonlySet<string> = new Set(['validation', 'other class']);

function curveOf(records: readonly HistoryRecord[], name: string, key: string): Curve {
  const points = records.flatMap(({ epoch, values }) => {
    const value = values[key];
    return value !== undefined && Number.isFinite(value) ? [{ epoch, value }] : [];
  });
  return { name, series: SECOND.has(name) ? 1 : 0, points };
}
