import type { Evaluation } from './evaluation.ts';

/** What a field says against another one. */
export interface ConsistencyProblem {
  readonly path: string;
  readonly message: string;
}

/** The first field that does not fit the labels, the images or another field; undefined when all do. */
export function consistencyProblem(evaluation: Evaluation): ConsistencyProblem | undefined {
  return (
    classesProblem(evaluation) ??
    imagesProblem(evaluation) ??
    mapsProblem(evaluation) ??
    seriesProblem(evaluation)
  );
}

function classesProblem({
  model: { labels },
  data,
  classification,
}: Evaluation): ConsistencyProblem | undefined {
  const areLabels = (list: readonly { readonly label: string }[]): boolean =>
    list.length === labels.length && list.every(({ label }, index) => label === labels[index]);
  if (!areLabels(data.classes)) return problem('data.classes', 'not the labels of the model');
  if (!areLabels(classification.classes)) {
    return problem('classification.classes', 'not the labels of the model');
  }
  const { confusion, classes } = classification;
  if (confusion.length !== labels.length || confusion.some((row) => row.length !== labels.length)) {
    return problem('classification.confusion', `not ${labels.length} by ${labels.length}`);
  }
  const wrong = confusion.findIndex((row, index) => sum(row) !== classes[index]?.support);
  if (wrong !== -1) return problem(`classification.confusion.${wrong}`, 'not the sum of its class');
  if (sum(classes.map(({ support }) => support)) !== data.count) {
    return problem('classification.classes', `not ${data.count} images in all`);
  }
  return undefined;
}

function imagesProblem({
  model: { labels },
  data,
  images,
}: Evaluation): ConsistencyProblem | undefined {
  if (images.length !== data.count) return problem('images', `not ${data.count} images`);
  const known = new Set(labels);
  for (const [row, { label, predicted, probabilities }] of images.entries()) {
    if (!known.has(label)) return problem(`images.${row}.label`, 'not a label of the model');
    if (!known.has(predicted)) {
      return problem(`images.${row}.predicted`, 'not a label of the model');
    }
    if (probabilities.length !== labels.length) {
      return problem(`images.${row}.probabilities`, `not ${labels.length} values`);
    }
  }
  return undefined;
}

function mapsProblem({ maps, images }: Evaluation): ConsistencyProblem | undefined {
  for (const name of ['tsne', 'umap'] as const) {
    const map = maps[name];
    if (map !== null && map.length !== images.length) {
      return problem(`maps.${name}`, `not ${images.length} points`);
    }
  }
  return undefined;
}

function seriesProblem({ model, distances, roc }: Evaluation): ConsistencyProblem | undefined {
  const { edges, positive, negative } = distances;
  if (positive.length !== negative.length || edges.length !== positive.length + 1) {
    return problem('distances', 'not one edge more than bars, in both histograms');
  }
  if (edges.some((edge, index) => index > 0 && edge < (edges[index - 1] as number))) {
    return problem('distances.edges', 'not ascending');
  }
  const known = new Set(model.labels);
  for (const [index, curve] of roc.entries()) {
    if (!known.has(curve.label)) return problem(`roc.${index}.label`, 'not a label of the model');
    if (curve.falsePositiveRate.length !== curve.truePositiveRate.length) {
      return problem(`roc.${index}`, 'not as many rates of the one kind as of the other');
    }
  }
  return undefined;
}

function problem(path: string, message: string): ConsistencyProblem {
  return { path, message };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
