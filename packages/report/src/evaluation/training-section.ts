import { trainingCurvesFigure } from '../figures/training-curves.ts';
import type { Section } from '../page/page.ts';
import type { Evaluation } from './evaluation.ts';

/** Undefined where the run that trained the model is not known. */
export function trainingSection({ history }: Evaluation): Section | undefined {
  if (history === null || history.length === 0) return undefined;
  return {
    id: 'training',
    title: 'Training curves',
    text: 'How the training went, epoch by epoch. Validation images are others than those evaluated here.',
    blocks: [{ kind: 'figure', figure: trainingCurvesFigure({ history }) }],
  };
}
