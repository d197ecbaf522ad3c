import { calibratedLoss } from './temperature.ts';
import type { EmbeddedExamples } from './train-classifier-head.ts';

/**
 * How well the distances to the class means tell the classes apart: the negative log-likelihood of
 * `softmax(-D^2 / T)` on `queries`, at the temperature that suits them best. Unlike the metric loss it
 * does not change with the embedding's scale, nor with who shares a batch.
 *
 * @param support gives the class means; has every class
 * @param classes how many
 * @returns nats per image; `log(classes)` or more when the distances tell nothing
 */
export function prototypeLoss(
  support: EmbeddedExamples,
  queries: EmbeddedExamples,
  classes: number,
): number {
  const size = support.embeddings.length / support.classes.length;
  const means = classMeans(support, size, classes);
  const distances = new Float64Array(queries.classes.length * classes);
  for (const index of distances.keys()) {
    const row = Math.floor(index / classes);
    const column = index % classes;
    for (let axis = 0; axis < size; axis += 1) {
      const gap =
        (queries.embeddings[row * size + axis] as number) - (means[column * size + axis] as number);
      distances[index] = (distances[index] as number) + gap * gap;
    }
  }
  // The search for T has bounds: start it at the scale of the distances.
  const scale = distances.reduce((sum, value) => sum + value / distances.length, 0) || 1;
  const logits = distances.map((distance) => -distance / scale);
  return calibratedLoss(logits, queries.classes);
}

function classMeans(support: EmbeddedExamples, size: number, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of support.classes) counts[label] = (counts[label] as number) + 1;
  const means = new Float64Array(classes * size);
  for (const [index, value] of support.embeddings.entries()) {
    const label = support.classes[Math.floor(index / size)] as number;
    const at = label * size + (index % size);
    means[at] = (means[at] as number) + value / (counts[label] as number);
  }
  return means;
}
