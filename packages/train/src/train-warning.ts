import type { Dataset } from './data/dataset.ts';

/** Something that a person should know and that does not stop a run. */
export interface TrainWarning {
  readonly kind: 'collapse' | 'duplicates' | 'label-conflicts' | 'weights-missing';
  readonly message: string;
}

/** Pairs that a warning names. */
const NAMED = 3;

/** Tells what looks wrong with the images: the same photo on two sides of the split makes the test too easy. */
export function warnAboutDataset(
  dataset: Pick<Dataset, 'duplicates' | 'labelConflicts'>,
  onWarning: ((warning: TrainWarning) => void) | undefined,
): void {
  for (const [kind, pairs] of Object.entries(dataset.duplicates)) {
    if (pairs.length === 0) continue;
    const named = pairs.slice(0, NAMED).map(({ a, b }) => `${a} and ${b}`);
    onWarning?.({
      kind: 'duplicates',
      message: `${pairs.length} ${kind} duplicates on two sides of the split, e.g. ${named.join('; ')}`,
    });
  }
  const { labelConflicts } = dataset;
  if (labelConflicts.length > 0) {
    const named = labelConflicts
      .slice(0, NAMED)
      .map(({ files, labels }) => `${files.join(' = ')} (${labels.join(', ')})`);
    onWarning?.({
      kind: 'label-conflicts',
      message: `${labelConflicts.length} images are there with more than one label: ${named.join('; ')}`,
    });
  }
}
