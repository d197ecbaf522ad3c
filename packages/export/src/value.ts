/** A tensor between layers: its name in the ONNX graph, and its shape as Keras sees it. */
export interface Value {
  readonly name: string;
  /**
   * Without the batch. `[height, width, channels]` lies in ONNX as `[N, channels, height, width]`; every other
   * rank lies as in Keras: `[size]` as `[N, size]`, `[steps, size]` as `[N, steps, size]`.
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
export function spatialShape({ shape }: Pick<Value, 'shape'>): Spatial | undefined {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    return undefined;
  }
  return { height, width, channels };
}

/** The shape of the ONNX tensor behind its batch: channels first for a feature map. */
export function onnxShape(shape: readonly number[]): readonly number[] {
  const spatial = spatialShape({ shape });
  return spatial === undefined ? shape : [spatial.channels, spatial.height, spatial.width];
}

/** The axis of the ONNX tensor on which the entry `index` of `shape` lies; its batch is axis 0. */
export function onnxAxis(index: number, rank: number): number {
  if (rank !== 3) return index + 1;
  return index === 2 ? 1 : index + 2;
}

/** How many values one image has. */
export function valueCount({ shape }: Pick<Value, 'shape'>): number {
  return shape.reduce((product, size) => product * size, 1);
}
