import { countOf, countText, percentText } from '../figures/number-text.ts';
import type { Section } from '../page/page.ts';
import type { Evaluation } from './evaluation.ts';
import { intervalText, listText } from './score-text.ts';

/** Below this many images a class's recall is known to some 18 points either way (Wilson, 95%). */
const FEW_IMAGES = 30;

/** The result in one or two sentences. */
export function leadText(evaluation: Evaluation): string {
  const { data, classification, model } = evaluation;
  const { accuracy } = classification;
  const { label, share } = largestClass(evaluation);
  const split = data.split === null ? '' : ` (${data.split} split)`;
  return (
    `Of ${countOf(data.count, 'image')} of ${data.name}${split} in ${model.labels.length} classes, ` +
    `${percentText(accuracy.value)} are classified right (${percentText(accuracy.level, 0)} interval ${percentText(accuracy.low)} to ${percentText(accuracy.high)}). ` +
    `Always answering ${label}, the largest class, would be right for ${percentText(share)}.`
  );
}

/** What a reader must know first: what the evaluation warns of, and what its counts show. */
export function caveats({ data }: Evaluation): string[] {
  const empty = data.classes.filter(({ count }) => count === 0).map(({ label }) => label);
  const few = data.classes.filter(({ count }) => count > 0 && count < FEW_IMAGES);
  return [
    ...data.warnings,
    ...(data.skipped.length > 0
      ? [`${countOf(data.skipped.length, 'file')} could not be read: see About.`]
      : []),
    ...(empty.length > 0 ? [`No image of ${listText(empty)}: nothing is known of it.`] : []),
    ...(few.length > 0
      ? [
          `Few images of ${listText(few.map(({ label, count }) => `${label} (${countText(count)})`))}: the interval of a class says how little that tells.`,
        ]
      : []),
  ];
}

export function summarySection(evaluation: Evaluation): Section {
  const { classification, data, model } = evaluation;
  const largest = largestClass(evaluation);
  const occurring = data.classes.filter(({ count }) => count > 0).length;
  return {
    id: 'summary',
    title: 'Summary',
    blocks: [
      {
        kind: 'scores',
        scores: [
          {
            name: 'Accuracy',
            value: percentText(classification.accuracy.value),
            detail: intervalText(classification.accuracy),
            interval: classification.accuracy,
            baseline: largest.share,
          },
          {
            name: 'Balanced accuracy',
            value: percentText(classification.balancedAccuracy.value),
            detail: intervalText(classification.balancedAccuracy),
            interval: classification.balancedAccuracy,
            baseline: 1 / Math.max(1, occurring),
          },
          {
            name: 'Macro F1',
            value: percentText(classification.macroF1.value),
            detail: intervalText(classification.macroF1),
            interval: classification.macroF1,
          },
          {
            name: 'Largest class',
            value: percentText(largest.share),
            detail: `${largest.label}: the accuracy of always answering it`,
            baseline: largest.share,
          },
        ],
      },
      {
        kind: 'text',
        text:
          'Scales run from 0 to 1. The upright mark is what takes no model: always the largest class, or a guess.' +
          (data.groups === null
            ? ''
            : ` The images are of ${countOf(data.groups, 'group')}; bootstrap intervals draw whole groups.`),
      },
      {
        kind: 'facts',
        facts: [
          { name: 'Model', value: model.name },
          { name: 'Digest', value: `${model.digest.slice(0, 12)}… (SHA-256, in full under About)` },
          { name: 'Provider', value: model.provider },
          ...(model.training === null
            ? []
            : [{ name: 'Training', value: trainingText(model.training) }]),
          {
            name: 'Images',
            value: `${countText(data.count)} of ${data.name}${data.split === null ? '' : `, ${data.split} split`}`,
          },
        ],
      },
    ],
  };
}

function trainingText({
  backbone,
  loss,
  protocol,
  weights,
  seed,
}: NonNullable<Evaluation['model']['training']>): string {
  return `${backbone}, ${loss}, protocol ${protocol}, weights ${weights}, seed ${seed}`;
}

/** The first of equally large ones. */
function largestClass({ data }: Evaluation): { readonly label: string; readonly share: number } {
  const largest = data.classes.reduce((best, one) => (one.count > best.count ? one : best));
  return { label: largest.label, share: largest.count / data.count };
}
