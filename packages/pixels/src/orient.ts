import type { PixelImage } from '@isometry/core';
import { type Orientation, swapsAxes } from './exif-orientation.ts';

/** Turns a stored image upright by its EXIF orientation. Moves pixels, changes none. */
export function orient(image: PixelImage, orientation: Orientation): PixelImage {
  if (orientation === 1) return image;
  const { width: storedWidth, height: storedHeight, data } = image;
  const swaps = swapsAxes(orientation);
  const width = swaps ? storedHeight : storedWidth;
  const height = swaps ? storedWidth : storedHeight;
  // 2, 3, 7, 8 count stored columns from the right; 3, 4, 6, 7 count stored rows from the bottom.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const upright = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const column = swaps ? y : x;
      const row = swaps ? x : y;
      const storedColumn = fromRight ? storedWidth - 1 - column : column;
      const storedRow = fromBottom ? storedHeight - 1 - row : row;
      const from = (storedRow * storedWidth + storedColumn) * 3;
      upright[to] = data[from] as number;
      upright[to + 1] = data[from + 1] as number;
      upright[to + 2] = data[from + 2] as number;
    }
  }
  return { width, height, data: upright };
}
