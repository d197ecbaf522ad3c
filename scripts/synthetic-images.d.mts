export interface SyntheticImagesOptions {
  /** Folder to write to; made when it is not there. */
  readonly out: string;
  /** @defaultValue 1 */
  readonly seed?: number;
  /** Pictures by class: `corn`, `normal skin`, `wart`. @defaultValue 360 in the paper's proportions */
  readonly counts?: Readonly<Record<string, number>>;
  /** Typical side in pixels; sides vary from 0.8 to 1.4 of it. @defaultValue 128 */
  readonly size?: number;
}

export interface SyntheticImages {
  readonly count: number;
  readonly counts: Readonly<Record<string, number>>;
}

export function makeSyntheticImages(options: SyntheticImagesOptions): Promise<SyntheticImages>;

/** `count` pictures in the paper's proportions (350 corns, 808 of normal skin, 855 warts). */
export function syntheticCounts(count?: number): Record<string, number>;
