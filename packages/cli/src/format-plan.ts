import type { TrainingPlan } from '@isometry/train';
import { formatSeconds } from './duration.ts';
import { printable } from './printable.ts';

/** The plan of a training, as a person at a terminal wants to check it before waiting. */
export function formatPlan(plan: TrainingPlan): string {
  const { settings, parameters, stages } = plan;
  const classes = plan.classes.map((own) => ({ ...own, label: printable(own.label) }));
  const width = Math.max(5, ...classes.map(({ label }) => label.length));
  const row = (cells: readonly (string | number)[]): string =>
    `  ${String(cells[0]).padEnd(width)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(12))
      .join('')}`;
  const sum = (split: 'train' | 'validation' | 'test'): number =>
    classes.reduce((total, own) => total + own[split], 0);
  return [
    'plan',
    row(['class', 'train', 'validation', 'test']),
    ...classes.map(({ label, train, validation, test }) => row([label, train, validation, test])),
    row(['all', sum('train'), sum('validation'), sum('test')]),
    `  largest class is ${plan.imbalance.toFixed(1)} times the smallest${
      settings.group === null ? '; no --group: every image is split on its own' : ''
    }`,
    `  ${settings.backbone}${settings.backbone === 'mobilenet' ? ` ${settings.widthMultiplier}` : ''}, ${settings.size} px, ${count(parameters.total)} parameters, ${count(parameters.trainable)} of them trained; weights: ${plan.weights}`,
    `  loss ${settings.loss}${settings.metricLoss === null ? '' : ` (${settings.metricLoss.preset})`}, protocol ${settings.protocol}, seed ${settings.seed}`,
    ...stages.map(
      ({ name, epochs, steps }) =>
        `  ${name}: at most ${counted(epochs, 'epoch')} of ${counted(steps, 'step')}`,
    ),
    `  at most ${formatSeconds(plan.atMostSeconds)} for these steps; it may stop sooner`,
    ...(plan.resumed === null
      ? []
      : [`  goes on in stage ${plan.resumed.stage}, epoch ${plan.resumed.epoch}`]),
  ].join('\n');
}

function counted(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
