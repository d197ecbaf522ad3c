import { invalidImage } from './image-error.ts';

/**
 * Undoes PNG's row filters in place (PNG specification, section 9).
 * `data` holds `rows` rows at `offset`, each a filter byte and `rowBytes` bytes; `step` is the
 * distance in bytes to the pixel on the left, at least 1.
 * @throws `IMAGE_INVALID` for a filter that does not exist
 */
export function unfilterRows(
  data: Uint8Array,
  offset: number,
  rows: number,
  rowBytes: number,
  step: number,
): void {
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let row = 0; row < rows; row++) {
    const start = offset + row * (rowBytes + 1);
    const line = data.subarray(start + 1, start + 1 + rowBytes);
    unfilterRow(data[start] ?? 0, line, above, step);
    above = line;
  }
}

function unfilterRow(filter: number, line: Uint8Array, above: Uint8Array, step: number): void {
  const length = line.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = step; i < length; i++) line[i] = at(line, i) + at(line, i - step);
      return;
    case 2:
      for (let i = 0; i < length; i++) line[i] = at(line, i) + at(above, i);
      return;
    case 3:
      for (let i = 0; i < step; i++) line[i] = at(line, i) + (at(above, i) >> 1);
      for (let i = step; i < length; i++) {
        line[i] = at(line, i) + ((at(line, i - step) + at(above, i)) >> 1);
      }
      return;
    case 4:
      // Without a left neighbour, Paeth's predictor is the one above.
      for (let i = 0; i < step; i++) line[i] = at(line, i) + at(above, i);
      for (let i = step; i < length; i++) {
        line[i] = at(line, i) + paeth(at(line, i - step), at(above, i), at(above, i - step));
      }
      return;
    default:
      throw invalidImage('PNG', `row filter ${filter} does not exist`);
  }
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

/** The neighbour nearest to left + above - corner; ties go left, then above. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
