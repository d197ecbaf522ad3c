import { balancedAccuracy, predictClasses } from './classification-metrics.ts';
import { forwardImages } from './forward.ts';
import { createCrossEntropy, type CrossEntropy } from './losses/cross-entropy.ts';
import type { Network } from './network.ts';
import { balancedClassWeights } from './sampling/shuffled-batches.ts';
import { calibratedLoss } from './temperature.ts';
import type { TrainSettings } from './train-options.ts';
import type { LabelledImages, StageHost, TrainingImages } from './train-stage.ts';

/** Cross-entropy as the settings want it, wherever a stage has it. */
export function classificationLoss(train: TrainingImages, settings: TrainSettings): CrossEntropy {
  return createCrossEntropy({
    classWeights: settings.classWeights
      ? balancedClassWeights(train.classes, train.labels.length)
      : undefined,
    labelSmoothing: settings.labelSmoothing,
  });
}

/** What the classifier does on the validation images: its loss at the best temperature, and its balanced accuracy. */
export async function measureValidation(
  host: StageHost,
  network: Network,
  validation: LabelledImages,
): Promise<{ validationLoss: number; validationBalancedAccuracy: number }> {
  const classes = host.train.labels.length;
  const { logits } = await forwardImages(host.tf, network.model, validation.images, host);
  return {
    validationLoss: calibratedLoss(Float64Array.from(logits), validation.classes),
    validationBalancedAccuracy: balancedAccuracy(
      predictClasses(logits, classes),
      validation.classes,
      classes,
    ),
  };
}
