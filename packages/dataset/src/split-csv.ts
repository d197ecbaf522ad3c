import type { LabelledFile } from './image-folder.ts';
import type { SplitName } from './split-name.ts';

/**
 * Writes the split as CSV (RFC 4180, LF): `file,label,group,split`, a row per image, sorted by file as
 * given. `group` is empty without groups.
 */
export function writeSplitCsv(
  files: readonly LabelledFile[],
  split: ReadonlyMap<string, SplitName>,
  groups: ReadonlyMap<string, string> | undefined,
): string {
  const rows = files.map(({ file, label }) => [
    file,
    label,
    groups?.get(file) ?? '',
    split.get(file) ?? '',
  ]);
  return [['file', 'label', 'group', 'split'], ...rows]
    .map((row) => `${row.map(quote).join(',')}\n`)
    .join('');
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
