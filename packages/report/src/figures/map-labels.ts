import { TEXT_SIZE } from '../draw/figure-config.ts';
import { textWidth } from '../draw/font.ts';
import { elideLabel } from './label-text.ts';
import type { MapFrame } from './map-frame.ts';

/** A class' name on the map, in the map's units. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlaceLabelsOptions {
  readonly frame: MapFrame;
  readonly points: readonly (readonly number[])[];
  readonly classes: readonly number[];
  readonly labels: readonly string[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const WIDTH = 120;
const LINE = 16;
/** Lines above or below a class' middle that are tried in turn. */
const SHIFTS = [0, -1, 1, -2, 2, -3, 3];

/** Names at the medians of their classes, the largest class first; one that would cover another is left out. */
export function placeLabels({ frame, points, classes, labels }: PlaceLabelsOptions): PlacedLabel[] {
  const members = labels.map((): (readonly number[])[] => []);
  points.forEach((point, index) => members[classes[index] as number]?.push(point));
  const taken: Box[] = [];
  return members
    .map((list, index) => ({ list, label: labels[index] as string }))
    .filter(({ list }) => list.length > 0)
    .sort((a, b) => b.list.length - a.list.length)
    .flatMap(({ list, label }) => {
      const text = elideLabel(label, WIDTH, TEXT_SIZE.label);
      const half = textWidth(text, TEXT_SIZE.label, 'bold') / 2 + 2;
      const middleX = (median(list, 0) - frame.x[0]) / frame.unit;
      const middleY = (frame.y[1] - median(list, 1)) / frame.unit;
      const x = Math.max(half, Math.min(frame.width - half, middleX));
      for (const shift of SHIFTS) {
        const y = middleY + shift * LINE;
        const box = { left: x - half, right: x + half, top: y - LINE / 2, bottom: y + LINE / 2 };
        if (box.top < 0 || box.bottom > frame.height || taken.some((one) => overlap(one, box))) {
          continue;
        }
        taken.push(box);
        return [{ x: frame.x[0] + x * frame.unit, y: frame.y[1] - y * frame.unit, text }];
      }
      return [];
    });
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function median(points: readonly (readonly number[])[], axis: number): number {
  const sorted = points.map((point) => point[axis] as number).sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
