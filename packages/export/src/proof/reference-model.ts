/** What the trained model computes, by whatever runs it. */
export interface ReferenceModel {
  /** E.g. `tfjs 4.22.0 (tensorflow)`. */
  readonly description: string;
  /** Whether an image takes milliseconds rather than seconds: how many inputs the proof takes depends on it. */
  readonly isFast: boolean;
  /**
   * Runs images. `wanted` names layers as {@link referenceKey} does; what is not found is left out.
   * @param pixels `[count, height, width, channels]`, row-major
   */
  run(
    pixels: Float32Array,
    dims: readonly [count: number, height: number, width: number, channels: number],
    wanted: ReadonlySet<string>,
  ): ReadonlyMap<string, ReferenceValue>;
  close(): void;
}

/** A layer's output in Keras' order, with the batch. */
export interface ReferenceValue {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** The key of a layer's output: its name, and which call of it where it is shared. */
export function referenceKey(layer: { readonly name: string; readonly call: number }): string {
  return `${layer.call}:${layer.name}`;
}
