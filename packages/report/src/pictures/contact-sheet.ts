import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { IsometryError, type PixelImage } from '@isometry/core';
import { COLOURS } from '../draw/colours.ts';
import { CANVAS_FONTS } from '../draw/font.ts';
import type { Theme } from '../figures/figure.ts';
import { elideLabel } from '../figures/label-text.ts';
import { pictureCanvas } from './picture-canvas.ts';

/** A picture of a {@link contactSheet} and the lines under it, apart by line feeds. */
export interface SheetPicture {
  readonly image: PixelImage;
  readonly caption: string;
}

export interface ContactSheetOptions {
  /** @defaultValue 6 */
  readonly columns?: number | undefined;
}

/** In CSS pixels; the file has two pixels for each, for print and sharp screens. */
const TILE = 128;
const GAP = 20;
const MARGIN = 24;
const LINE = 16;
const FONT_SIZE = 12;
const SCALE = 2;
/** More rows would pass what picture viewers open. */
const MAX_PICTURES = 1000;

/** All pictures on one sheet, in rows, as a PNG. @throws `OPTION_INVALID` without pictures, `TENSOR_INVALID` */
export async function contactSheet(
  pictures: readonly SheetPicture[],
  theme: Theme,
  { columns: most = 6 }: ContactSheetOptions = {},
): Promise<Uint8Array> {
  if (
    pictures.length === 0 ||
    pictures.length > MAX_PICTURES ||
    !Number.isInteger(most) ||
    most < 1
  ) {
    throw new IsometryError(
      'OPTION_INVALID',
      `A contact sheet has 1 to ${MAX_PICTURES} pictures in columns, not ${pictures.length} in ${most}.`,
    );
  }
  const columns = Math.min(most, pictures.length);
  const captions = pictures.map(({ caption }) => caption.split('\n'));
  const lines = Math.max(...captions.map(({ length }) => length));
  const step = TILE + 6 + lines * LINE + GAP;
  const rows = Math.ceil(pictures.length / columns);
  const width = 2 * MARGIN + columns * TILE + (columns - 1) * GAP;
  const height = 2 * MARGIN + rows * step - GAP;
  const canvas = createCanvas(width * SCALE, height * SCALE);
  const context = canvas.getContext('2d');
  context.lang = 'en';
  context.scale(SCALE, SCALE);
  context.fillStyle = COLOURS[theme].surface;
  context.fillRect(0, 0, width, height);
  for (const [index, { image }] of pictures.entries()) {
    const x = MARGIN + (index % columns) * (TILE + GAP);
    const y = MARGIN + Math.floor(index / columns) * step;
    drawPicture(context, image, x, y);
    drawCaption(context, captions[index] ?? [], { x, y: y + TILE + 6 }, theme);
  }
  return canvas.encode('png');
}

/** In the middle of its tile, at its own shape. */
function drawPicture(context: SKRSContext2D, image: PixelImage, x: number, y: number): void {
  const picture = pictureCanvas(image, TILE * SCALE);
  const scale = TILE / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, x + (TILE - width) / 2, y + (TILE - height) / 2, width, height);
}

function drawCaption(
  context: SKRSContext2D,
  lines: readonly string[],
  at: { readonly x: number; readonly y: number },
  theme: Theme,
): void {
  context.textBaseline = 'top';
  for (const [index, line] of lines.entries()) {
    // Bold letters are wider than the ones that are measured. This also registers the font.
    const text = elideLabel(line, index === 0 ? TILE * 0.92 : TILE, FONT_SIZE);
    context.font = `${index === 0 ? 'bold' : 'normal'} ${FONT_SIZE}px ${CANVAS_FONTS}`;
    context.fillStyle = COLOURS[theme][index === lines.length - 1 && index > 0 ? 'muted' : 'ink'];
    context.fillText(text, at.x, at.y + index * LINE);
  }
}
