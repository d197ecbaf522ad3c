import { assertFigureId, type Figure } from './figure.ts';
import { assertNumbers } from './assert-lengths.ts';
import { messageFigure } from './message-figure.ts';
import { countOf } from './number-text.ts';
import { curvePanel, valueText, type CurvePanel } from './curve-panel.ts';
import { stagePanels } from './training-panels.ts';

/** One epoch, as in the run's log.jsonl. */
export interface HistoryRecord {
  /** E.g. `train-embedding`. */
  readonly stage: string;
  /** From 1, in each stage. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface TrainingCurvesFigureOptions {
  readonly id?: string;
  readonly title?: string;
  readonly history: readonly HistoryRecord[];
}

interface Stage {
  readonly name: string;
  readonly panels: readonly CurvePanel[];
}

/** Two panels a row, beside each other within a page's width. */
const PANEL_WIDTH = 200;

/** What each stage of the training did to its losses, accuracies and distances. */
export function trainingCurvesFigure(options: TrainingCurvesFigureOptions): Figure {
  const { id = 'training-curves', title = 'Training curves', history } = options;
  assertFigureId(id);
  assertNumbers(
    'epoch',
    history.map(({ epoch }) => epoch),
  );
  const stages = [...new Set(history.map(({ stage }) => stage))]
    .map((stage) => ({
      name: stageName(stage),
      panels: stagePanels(history.filter((record) => record.stage === stage)),
    }))
    .filter(({ panels }) => panels.length > 0);
  if (stages.length === 0) {
    return messageFigure({ id, title }, 'No epoch was recorded: no curves to show.');
  }
  return {
    id,
    title,
    caption:
      `${stages.map(({ name, panels }) => `${name}: ${countOf(epochsOf(panels), 'epoch')}`).join('; ')}. ` +
      'A large dot marks the lowest validation loss. A scale that says so is logarithmic.',
    description: stages.map(describe).join(' '),
    spec: { spacing: 26, vconcat: stages.map(stageSpec) },
  };
}

/** A stage's panels, two a row, under its name. */
function stageSpec({ name, panels }: Stage): object {
  return {
    title: { text: name },
    spacing: { row: 12, column: 14 },
    columns: 2,
    concat: panels.map((panel) => curvePanel(panel, PANEL_WIDTH)),
  };
}

/** `train-embedding` as `Embedding`. */
function stageName(stage: string): string {
  const words = stage.replace(/^train-/u, '').replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function epochsOf(panels: readonly CurvePanel[]): number {
  return Math.max(...panels.flatMap(({ curves }) => curves.map(({ points }) => points.length)));
}

function describe({ name, panels }: Stage): string {
  const curves = panels.flatMap((panel) =>
    panel.curves.map(({ name: curve, points }) => {
      const first = points[0]?.value as number;
      const last = points.at(-1)?.value as number;
      return `${panel.title}, ${curve}: ${valueText(first, panel)} to ${valueText(last, panel)}`;
    }),
  );
  return `${name}, ${countOf(epochsOf(panels), 'epoch')}: ${curves.join('; ')}.`;
}
