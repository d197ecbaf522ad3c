import { expect, it } from 'vitest';
import { sampleRows } from './sample-rows.ts';

it('takes all rows where they are few, and else so many of them, each once and in their order', () => {
  expect(sampleRows(3, 3, 'a')).toEqual([0, 1, 2]);
  expect(sampleRows(0, 3, 'a')).toEqual([]);
  const rows = sampleRows(100, 20, 'a');
  expect(rows).toHaveLength(20);
  expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
  expect(sampleRows(100, 20, 'a')).toEqual(rows);
  expect(sampleRows(100, 20, 'b')).not.toEqual(rows);
});
