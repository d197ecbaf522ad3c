/** A tensor between layers: its name in the ONNX graph, and its shape as Keras sees it. */
export interface Value {
  readonly name: string;
  /**
   * Without the batch: `[height, width, channels]` (the ONNX tensor is `[N, channels, height, width]`)
   * or `[size]`.
   */
  readonly shape: readonly number[];
  /**
   * Set after a Flatten that kept ONNX's order: the values run channels, rows, columns where Keras has rows,
   * columns, channels. Dense permutes its kernel; everything else asks {@link inKerasOrder}.
   */
  readonly flattenedFrom?: Spatial;
}

/** The shape of an image or feature map. */
export interface Spatial {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The shape as height, width and channels, or undefined when it has another rank. */
export function spatialShape({ shape }: Value): Spatial | undefined {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    return undefined;
  }
  return { height, width, channels };
}

/** How many values one image has. */
export function valueCount({ shape }: Value): number {
  return shape.reduce((product, size) => product * size, 1);
}
