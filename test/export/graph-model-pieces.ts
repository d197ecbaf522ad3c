import { flag, ints, text, type HandMadeGraph } from './graph-model.ts';

/** Height, width and channels all differ, so that a swapped axis shows. */
export const IMAGE: readonly number[] = [-1, 9, 7, 5];

/** Adds operations behind the image and returns the output, or several. */
export type Build = (g: HandMadeGraph, image: string) => string | readonly string[];

/** The attributes of a convolution or a pool. */
export const window = (
  strides: readonly number[],
  padding: string,
): Readonly<Record<string, ReturnType<typeof ints>>> => ({
  strides: ints(...strides),
  padding: text(padding),
  dilations: ints(1, 1, 1, 1),
});
/** Strides or sizes that are none. */
export const one = [1, 1, 1, 1] as const;

/** A vector of as many values as the image has channels. */
export const pooled = (g: HandMadeGraph, image: string): string =>
  g.node('Mean', [image, g.integers(1, 2)], { keep_dims: flag(false) });

/** The image as a vector. */
export const flattened = (g: HandMadeGraph, image: string): string =>
  g.node('Reshape', [image, g.integers(-1, 9 * 7 * 5)]);
