import { createRandom } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../draw/font.ts';
import { squareFrame } from './map-frame.ts';
import { placeLabels } from './map-labels.ts';
import { labelsOf } from './sample-figures.case.ts';

const random = createRandom(4, 'report/map-labels');

function crowd(
  classes: number,
  each: number,
  width: number,
): {
  points: number[][];
  classes: number[];
} {
  const list = Array.from({ length: classes * each }, (_, index) => index % classes);
  const centres = list.slice(0, classes).map(() => [random.next() * width, random.next() * width]);
  return {
    classes: list,
    points: list.map((index) => (centres[index] as number[]).map((at) => at + random.next())),
  };
}

describe(placeLabels, () => {
  it.each([1, 5, 40])(
    'keeps names apart and inside the map, however crowded (%i wide)',
    (width) => {
      const { points, classes } = crowd(40, 5, width);
      const frame = squareFrame(points);
      const placed = placeLabels({ frame, points, classes, labels: labelsOf(40) });
      expect(placed.length).toBeGreaterThan(width === 1 ? 4 : 12);
      const boxes = placed.map(({ x, y, text }) => {
        const half = textWidth(text, 12, 'bold') / 2;
        const middle = (x - frame.x[0]) / frame.unit;
        const line = (frame.y[1] - y) / frame.unit;
        return { left: middle - half, right: middle + half, top: line - 7, bottom: line + 7 };
      });
      boxes.forEach((box, index) => {
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(frame.width);
        expect(box.top).toBeGreaterThanOrEqual(0);
        expect(box.bottom).toBeLessThanOrEqual(frame.height);
        for (const other of boxes.slice(0, index)) {
          const isApart =
            box.right < other.left ||
            other.right < box.left ||
            box.bottom < other.top ||
            other.bottom < box.top;
          expect(isApart).toBe(true);
        }
      });
    },
  );

  it('puts a name at its class’ median, and none where there is no image', () => {
    const points = [
      [0, 0],
      [1, 10],
      [2, 2],
      [40, 20],
    ];
    const frame = squareFrame(points);
    const placed = placeLabels({ frame, points, classes: [0, 0, 0, 2], labels: ['a', 'b', 'c'] });
    expect(placed.map(({ text }) => text)).toStrictEqual(['a', 'c']);
    expect(placed[0]?.x).toBeCloseTo(1, 6);
    expect(placed[0]?.y).toBeCloseTo(2, 6);
  });
});

describe(squareFrame, () => {
  it.each([
    [
      [
        [0, 0],
        [10, 1],
      ],
    ],
    [
      [
        [0, 0],
        [1, 10],
      ],
    ],
    [[[5, 5]]],
    [
      [
        [-1e9, 3],
        [1e9, 3],
      ],
    ],
  ])('shows all of %j without stretching', (points) => {
    const frame = squareFrame(points);
    for (const [x, y] of points) {
      expect(x).toBeGreaterThan(frame.x[0]);
      expect(x).toBeLessThan(frame.x[1]);
      expect(y).toBeGreaterThan(frame.y[0]);
      expect(y).toBeLessThan(frame.y[1]);
    }
    const across = (frame.x[1] - frame.x[0]) / frame.width;
    expect((frame.y[1] - frame.y[0]) / frame.height / across).toBeCloseTo(1, 6);
  });
});
