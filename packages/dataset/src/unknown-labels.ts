import type { LabelledFile } from './image-folder.ts';
import { invalidTable } from './table.ts';

/** How many unknown labels an error names, and how many of the model's. */
const NAMED = 5;
const NAMED_KNOWN = 20;

/** @throws `DATASET_METADATA_INVALID` when images have a label that is none of `labels`, a model's classes */
export function assertKnownLabels(files: readonly LabelledFile[], labels: readonly string[]): void {
  const known = new Set(labels);
  const counts = new Map<string, number>();
  for (const { label } of files) {
    if (!known.has(label)) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  if (counts.size === 0) return;
  const unknown = [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count);
  const named = unknown.map(
    ({ label, count }) => `"${label}" (${count} ${count === 1 ? 'image' : 'images'})`,
  );
  throw invalidTable(
    `The model does not know ${unknown.length === 1 ? 'the label' : `${unknown.length} labels:`} ${firstFew(named, NAMED)}.`,
    `It knows ${firstFew(labels, NAMED_KNOWN)}: rename the folders, or name the column that gives the label.`,
    { unknown, labels },
  );
}

function firstFew(names: readonly string[], most: number): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ', …' : ''}`;
}
