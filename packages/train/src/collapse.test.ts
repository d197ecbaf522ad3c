import { expect, it } from 'vitest';
import { describeCollapse, findCollapse } from './collapse.ts';

const HEALTHY = {
  positiveDistance: 1,
  negativeDistance: 2,
  activeShare: 0.5,
  embeddingVariance: 0.3,
  embeddingNorm: 3,
};

it('says nothing of an embedding that tells classes apart', () => {
  expect(findCollapse(HEALTHY, 5)).toBeUndefined();
});

it('sees one point, classes on top of each other, and nothing left to learn', () => {
  const constant = { ...HEALTHY, embeddingVariance: 1e-9 };
  expect(findCollapse(constant, 1)).toBe('constant-embedding');
  expect(findCollapse({ ...HEALTHY, embeddingVariance: 0, embeddingNorm: 0 }, 1)).toBe(
    'constant-embedding',
  );
  const mixed = { ...HEALTHY, negativeDistance: 1.005 };
  expect(findCollapse(mixed, 1)).toBeUndefined();
  expect(findCollapse(mixed, 3)).toBe('classes-not-apart');
  expect(findCollapse({ ...HEALTHY, activeShare: 0 }, 1)).toBe('nothing-active');
});

it('says it in words', () => {
  expect(describeCollapse('constant-embedding')).toMatch(/same embedding/);
});
