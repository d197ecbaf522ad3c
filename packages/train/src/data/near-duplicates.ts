import type { LabelledFile, SplitName } from '@isometry/dataset';
import { createHashIndex } from './hash-index.ts';
import type { PixelFingerprint } from './pixel-fingerprint.ts';

/** An image that was split. */
export interface SplitImage extends LabelledFile {
  readonly split: SplitName;
  readonly fingerprint: PixelFingerprint;
}

/** Two images that show the same, on two sides of the split. */
export interface DuplicatePair {
  /** The one that the network saw earlier: in training, or in validation when `b` is in the test. */
  readonly a: string;
  readonly b: string;
  readonly splits: readonly [SplitName, SplitName];
  readonly labels: readonly [string, string];
  /** Bits of the perceptual hashes that differ. */
  readonly distance: number;
}

/**
 * Pairs across the split, at most one for each image of validation and test: `exact` where every pixel is
 * equal, `near` where the perceptual hashes differ by at most {@link NEAR_DISTANCE} bits.
 */
export type Duplicates = Readonly<Record<'exact' | 'near', readonly DuplicatePair[]>>;

/** Images with the same pixels and different labels, wherever they are. */
export interface LabelConflict {
  readonly files: readonly string[];
  readonly labels: readonly string[];
}

/**
 * Bits of two perceptual hashes that may differ. Of ham3's photos at 64 px no two of different lesions, among
 * 1.95 million pairs, are as near; 6 pairs are 6 bits apart and 15 are 8. A photo saved again at JPEG quality
 * 60, at 120 px or 15 % brighter is at most 4 bits from itself (near-duplicates.ham3.test.ts, whole with
 * `ISOMETRY_FULL=1`).
 */
export const NEAR_DISTANCE = 4;

const ORDER: readonly SplitName[] = ['train', 'validation', 'test'];

/**
 * Finds images of validation and test that are also, or nearly, in an earlier split (train, validation,
 * test): what makes a test too easy. Each is paired with the nearest of them.
 */
export function findDuplicates(images: readonly SplitImage[]): Duplicates {
  const exact: DuplicatePair[] = [];
  const near: DuplicatePair[] = [];
  const byPixels = new Map<string, SplitImage>();
  const byLooks = createHashIndex<SplitImage>(NEAR_DISTANCE);
  for (const split of ORDER) {
    const own = images.filter((image) => image.split === split);
    for (const image of own) {
      const { sha256, perceptual } = image.fingerprint;
      const same = byPixels.get(sha256);
      if (same !== undefined) {
        exact.push(pair(same, image, 0));
        continue;
      }
      const alike = perceptual && byLooks.nearest(perceptual);
      if (alike !== undefined) near.push(pair(alike.entry, image, alike.distance));
    }
    for (const image of own) {
      const { sha256, perceptual } = image.fingerprint;
      if (!byPixels.has(sha256)) byPixels.set(sha256, image);
      if (perceptual !== undefined) byLooks.add(perceptual, image);
    }
  }
  return { exact, near };
}

/** Finds images with equal pixels whose labels differ: one of them is wrong, in whatever split it is. */
export function findLabelConflicts(
  images: readonly (LabelledFile & { readonly fingerprint: PixelFingerprint })[],
): LabelConflict[] {
  const byPixels = new Map<string, LabelledFile[]>();
  for (const image of images) {
    const same = byPixels.get(image.fingerprint.sha256);
    if (same === undefined) byPixels.set(image.fingerprint.sha256, [image]);
    else same.push(image);
  }
  return [...byPixels.values()]
    .map((same) => ({
      files: same.map(({ file }) => file),
      labels: [...new Set(same.map(({ label }) => label))],
    }))
    .filter(({ labels }) => labels.length > 1);
}

function pair(a: SplitImage, b: SplitImage, distance: number): DuplicatePair {
  return {
    a: a.file,
    b: b.file,
    splits: [a.split, b.split],
    labels: [a.label, b.label],
    distance,
  };
}
