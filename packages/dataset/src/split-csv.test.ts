import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { writeSplitCsv } from './split-csv.ts';

it('writes rows that a CSV reader reads back, whatever the names hold', () => {
  const names = ['a/1.jpg', 'a/x, y.jpg', 'a/"quoted".jpg', 'a/two\nlines.jpg'];
  const files = names.map((file) => ({ file, label: 'a' }));
  const csv = writeSplitCsv(
    files,
    new Map(names.map((file) => [file, 'train'])),
    new Map([['a/1.jpg', 'p,1']]),
  );
  expect(parse(csv)).toEqual([
    ['file', 'label', 'group', 'split'],
    ...names.map((file) => [file, 'a', file === 'a/1.jpg' ? 'p,1' : '', 'train']),
  ]);
});
