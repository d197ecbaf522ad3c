import { describe, expect, it } from 'vitest';
import { createRandom, deriveSeed } from './random.ts';

describe('createRandom', () => {
  it('is uniform in [0, 1)', () => {
    const random = createRandom(1, 'test');
    const bins = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw += 1) {
      const bin = Math.floor(random.next() * 10);
      bins[bin] = (bins[bin] as number) + 1;
    }
    // 1,000 expected, standard deviation 30: five of them.
    for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('has a stream of its own for every seed and purpose', () => {
    const first = (seed: number, purpose: string) => createRandom(seed, purpose).next();
    expect(first(1, 'a')).toBe(first(1, 'a'));
    const values = [first(1, 'a'), first(1, 'b'), first(2, 'a'), first(12, 'a'), first(1, '2/a')];
    expect(new Set(values).size).toBe(values.length);
    expect(deriveSeed(1, 'a')).not.toBe(deriveSeed(2, 'a'));
  });

  it('shuffles a copy without losing an item', () => {
    const items = Object.freeze([1, 2, 3, 4, 5, 6, 7, 8]);
    const shuffled = createRandom(1, 'test').shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.sort((a, b) => a - b)).toEqual(items);
  });
});
