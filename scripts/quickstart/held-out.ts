import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

export interface HeldOutPicture {
  readonly path: string;
  readonly label: string;
}

/** The pictures of the run's test split: those that neither training nor calibration saw. */
export async function readHeldOut(run: string, images: string): Promise<HeldOutPicture[]> {
  const text = await readFile(join(run, 'split.csv'), 'utf8');
  const rows = parse<Record<'file' | 'label' | 'split', string>>(text, { columns: true });
  return rows
    .filter(({ split }) => split === 'test')
    .map(({ file, label }) => ({ path: join(images, file), label }));
}
