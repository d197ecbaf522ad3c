/** `[channels, height, width]` to `[height, width, channels]`, image by image. */
export function toChannelsLast(
  planar: Float32Array,
  { height, width, channels }: Sizes,
): Float32Array {
  return move(planar, channels, height * width);
}

/** `[height, width, channels]` to `[channels, height, width]`, image by image. */
export function toChannelsFirst(
  interleaved: Float32Array,
  { height, width, channels }: Sizes,
): Float32Array {
  return move(interleaved, height * width, channels);
}

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Transposes each matrix of `rows` by `columns`. */
function move(values: Float32Array, rows: number, columns: number): Float32Array {
  const moved = new Float32Array(values.length);
  const size = rows * columns;
  for (let first = 0; first < values.length; first += size) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        moved[first + column * rows + row] = values[first + row * columns + column] as number;
      }
    }
  }
  return moved;
}
