import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { datasetDigest } from './dataset-digest.ts';

it('goes by labels and bytes, not by order', () => {
  const [a, b] = [
    { label: 'wart', sha256: '22' },
    { label: 'corn', sha256: '33' },
  ];
  const text = 'corn\t33\nwart\t22\n';
  expect(datasetDigest([a, b])).toBe(createHash('sha256').update(text).digest('hex'));
  expect(datasetDigest([b, a])).toBe(datasetDigest([a, b]));
  expect(datasetDigest([a, { ...b, label: 'wart' }])).not.toBe(datasetDigest([a, b]));
  expect(datasetDigest([a, a])).not.toBe(datasetDigest([a]));
});
