interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** `[channels, height, width]` to `[height, width, channels]`, image by image. */
export function toChannelsLast(
  planar: Float32Array,
  { height, width, channels }: Sizes,
): Float32Array {
  const moved = new Float32Array(planar.length);
  const area = height * width;
  const size = channels * area;
  for (let first = 0; first < planar.length; first += size) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < area; pixel++) {
        moved[first + pixel * channels + channel] = planar[
          first + channel * area + pixel
        ] as number;
      }
    }
  }
  return moved;
}
