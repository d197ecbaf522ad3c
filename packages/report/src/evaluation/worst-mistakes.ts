import { percentText } from '../figures/number-text.ts';
import type { Evaluation } from './evaluation.ts';

/** An image that the model took for another class, and how sure it was. */
export interface Mistake {
  readonly file: string;
  readonly label: string;
  readonly predicted: string;
  /** Of the class that it was taken for. */
  readonly probability: number;
  /** Of its own class. */
  readonly truthProbability: number;
  /** In words, for who does not see the picture. */
  readonly alt: string;
  /** Lines under its picture: the true class; the one that it was taken for, with its probability; the file. */
  readonly caption: string;
}

/** The most confident mistakes, the most confident first; ties in the order of their file names. */
export function worstMistakes({ images, model }: Evaluation, count = 24): Mistake[] {
  const indexOf = new Map(model.labels.map((label, index) => [label, index]));
  return images
    .filter(({ label, predicted }) => label !== predicted)
    .map(({ file, label, predicted, probabilities }) => {
      const probability = probabilities[indexOf.get(predicted) ?? -1] ?? 0;
      const share = percentText(probability);
      return {
        file,
        label,
        predicted,
        probability,
        truthProbability: probabilities[indexOf.get(label) ?? -1] ?? 0,
        alt: `${file}: ${label}, taken for ${predicted} with ${share}`,
        caption: [label, `→ ${predicted} ${share}`, file.split('/').at(-1) ?? file]
          .map((line) => line.replaceAll(/\s+/gu, ' '))
          .join('\n'),
      };
    })
    .sort(
      (a, b) => b.probability - a.probability || (a.file < b.file ? -1 : Number(a.file > b.file)),
    )
    .slice(0, count);
}
