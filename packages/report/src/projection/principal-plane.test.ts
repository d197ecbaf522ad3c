import { createRandom } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { gaussian } from './gaussian.ts';
import { principalPlane } from './principal-plane.ts';

describe(principalPlane, () => {
  it('finds the two widest directions, turned and shifted as they may be', () => {
    const random = createRandom(2, 'report/principal-plane-test');
    // 3 wide along (3, 4, 0) / 5, 1 along (0, 0, 1), 0.1 along what is left.
    const rows = Array.from({ length: 400 }, () => {
      const [far, near, flat] = [3 * gaussian(random), gaussian(random), 0.1 * gaussian(random)];
      return { far, near, at: [0.6 * far - 0.8 * flat + 7, 0.8 * far + 0.6 * flat, near - 2] };
    });
    const plane = principalPlane(
      { data: Float64Array.from(rows.flatMap(({ at }) => at)), size: 3 },
      400,
    );
    const mean = (pick: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
    const [far, near] = [mean((row) => row.far), mean((row) => row.near)];
    // The sample's own axes are turned a little against the ones that it was drawn from.
    rows.forEach((row, index) => {
      expect(Math.abs((plane[index * 2] as number) - (row.far - far))).toBeLessThan(0.3);
      expect(Math.abs((plane[index * 2 + 1] as number) - (row.near - near))).toBeLessThan(0.5);
    });
    let together = 0;
    for (let row = 0; row < 400; row += 1) {
      together += (plane[row * 2] as number) * (plane[row * 2 + 1] as number);
    }
    expect(together / 400).toBeCloseTo(0, 6);
  });

  it('has nothing in a direction without variance, and nothing at all for equal points', () => {
    const line = Float32Array.from({ length: 30 }, (_, at) => Math.floor(at / 3));
    const plane = principalPlane({ data: line, size: 3 }, 10);
    for (let row = 0; row < 10; row += 1) {
      expect(plane[row * 2]).toBeCloseTo((row - 4.5) * Math.sqrt(3), 9);
      expect(plane[row * 2 + 1]).toBeCloseTo(0, 9);
    }
    const equal = principalPlane({ data: new Float32Array(30).fill(2), size: 3 }, 10);
    expect(equal.every((value) => value === 0)).toBe(true);
  });

  it('works for one number a point', () => {
    expect([...principalPlane({ data: Float32Array.of(1, 2, 6), size: 1 }, 3)]).toStrictEqual([
      -2, 0, -1, 0, 3, 0,
    ]);
  });
});
