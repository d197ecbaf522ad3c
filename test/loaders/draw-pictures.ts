import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { makeSyntheticImages } from '../../scripts/synthetic-images.mjs';

/** Three times the input's side and more, as a small photo: what a loader has to shrink. */
const SIDE = 240;

/** So that shrinking without antialiasing, as transformers.js does in Node, changes little. */
const BLUR = 4;

/** Draws a landscape, a portrait that is stored on its side (EXIF orientation 6), and a PNG; returns their paths. */
export async function drawPictures(folder: string): Promise<readonly string[]> {
  await makeSyntheticImages({
    out: folder,
    seed: 12,
    counts: { corn: 1, 'normal skin': 1, wart: 1 },
    size: SIDE,
  });
  const files = (await readdir(folder, { recursive: true }))
    .filter((file) => file.endsWith('.jpg'))
    .toSorted()
    .map((file) => join(folder, file));
  const [first = '', second = '', third = ''] = files;
  const [landscape, portrait, png] = ['landscape.jpg', 'portrait.jpg', 'drawn.png'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await Promise.all([
    drawn(first, 300, 200).jpeg().toFile(landscape),
    drawn(second, 280, 160).withMetadata({ orientation: 6 }).jpeg().toFile(portrait),
    drawn(third, 240, 150).png().toFile(png),
  ]);
  return [landscape, portrait, png];
}

function drawn(file: string, width: number, height: number): Sharp {
  return sharp(file).resize(width, height, { fit: 'fill' }).blur(BLUR);
}
