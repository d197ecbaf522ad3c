/**
 * Finds the images of a folder and what is known of each: its label, its group and its split.
 *
 * @example
 * import type { SplitName } from '@isometry/dataset';
 *
 * @packageDocumentation
 */
export type { SplitName } from './split-name.ts';
