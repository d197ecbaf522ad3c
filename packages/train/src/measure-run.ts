import type { LayersModel } from '@tensorflow/tfjs-node';
import { measureClassifier, type SplitMetrics } from './classification-metrics.ts';
import type { Dataset } from './data/dataset.ts';
import { forwardImages, type ForwardOptions } from './forward.ts';
import { fitTemperature } from './temperature.ts';
import type { Tfjs } from './tfjs.ts';

/** What a finished network does on the images that it was not trained on. */
export interface RunMeasurement {
  readonly temperature: number;
  readonly metrics: { readonly validation: SplitMetrics; readonly test: SplitMetrics };
  /** The answer to every test image, before calibration: what paired comparisons between runs need. */
  readonly predictions: readonly {
    readonly file: string;
    readonly label: string;
    readonly predicted: string;
    readonly logits: readonly number[];
  }[];
}

/** Fits the temperature on the validation images, and measures both splits. */
export async function measureRun(
  tf: Tfjs,
  model: LayersModel,
  { labels, validation, test }: Dataset,
  options: ForwardOptions,
): Promise<RunMeasurement> {
  const logitsOf = async (images: readonly number[]): Promise<Float64Array> =>
    Float64Array.from((await forwardImages(tf, model, images, options)).logits);
  const validationLogits = await logitsOf(validation.images);
  const testLogits = await logitsOf(test.images);
  const testMetrics = measureClassifier(testLogits, test.classes, labels);
  return {
    temperature: fitTemperature(validationLogits, validation.classes),
    metrics: {
      validation: measureClassifier(validationLogits, validation.classes, labels),
      test: testMetrics,
    },
    predictions: test.files.map((file, row) => {
      const logits = [...testLogits.subarray(row * labels.length, (row + 1) * labels.length)];
      return {
        file,
        label: labels[test.classes[row] as number] as string,
        predicted: labels[logits.indexOf(Math.max(...logits))] as string,
        logits,
      };
    }),
  };
}
