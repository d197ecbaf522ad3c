/** A kernel turned from Keras' order (taps, inputs, outputs; a tap is one row and column) to ONNX' (outputs, inputs, taps). */
export function toOihw(
  hwio: Float32Array,
  taps: number,
  inputs: number,
  outputs: number,
): Float32Array {
  const oihw = new Float32Array(hwio.length);
  let from = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        oihw[(output * inputs + input) * taps + tap] = hwio[from++] as number;
      }
    }
  }
  return oihw;
}
