import type { Page, Picture, Section } from '../page/page.ts';
import { aboutSection } from './about-section.ts';
import { calibrationSection } from './calibration-section.ts';
import { confusionSection, perClassSection } from './class-sections.ts';
import { embeddingSection } from './embedding-section.ts';
import type { Evaluation } from './evaluation.ts';
import { mistakesSection } from './mistakes-section.ts';
import { rocSection } from './roc-section.ts';
import { caveats, leadText, summarySection } from './summary-section.ts';
import { trainingSection } from './training-section.ts';

export interface EvaluationPageOptions {
  /** Of the most confident mistakes, see `worstMistakes`. @defaultValue none */
  readonly pictures?: readonly Picture[] | undefined;
}

/** The report of an evaluation. */
export function evaluationPage(
  evaluation: Evaluation,
  { pictures = [] }: EvaluationPageOptions = {},
): Page {
  const sections: readonly (Section | undefined)[] = [
    summarySection(evaluation),
    perClassSection(evaluation),
    confusionSection(evaluation),
    embeddingSection(evaluation),
    calibrationSection(evaluation),
    rocSection(evaluation),
    trainingSection(evaluation),
    mistakesSection(evaluation, pictures),
    aboutSection(evaluation),
  ];
  return {
    title: `Evaluation of ${evaluation.model.name}`,
    lead: leadText(evaluation),
    notes: caveats(evaluation),
    sections: sections.filter((section) => section !== undefined),
  };
}
