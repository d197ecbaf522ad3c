/** Where the weight of an output channel, an input channel and a place of the kernel lies. */
export interface WeightLayout {
  readonly channels: number;
  /** Input channels that one output channel reads. */
  readonly inputs: number;
  /** Places of the kernel; they lie side by side. */
  readonly area: number;
  readonly channelStride: number;
  readonly inputStride: number;
  /** Groups of a convolution. */
  readonly groups: number;
}

export interface QuantiseWeightsOptions {
  /** The scale of the activation that the weights are multiplied with. */
  readonly inputScale: number;
  /** `[channels]`, or nothing where the node has none. */
  readonly bias: Float32Array | undefined;
  /** 127, or 63 for processors whose int8 instructions saturate. */
  readonly largest: number;
  /** Of every input channel, all groups'; with them the bias makes up for what rounding shifts on average. */
  readonly inputMeans: Float64Array | undefined;
}

/** Weights as int8, symmetric, and the bias as int32 in units of `inputScale * scales[channel]`. */
export interface QuantisedWeights {
  readonly values: Int8Array;
  /** `[channels]` */
  readonly scales: Float32Array;
  readonly bias: Int32Array | undefined;
  /** `[channels]` */
  readonly biasScales: Float32Array;
}

/** Half of what an int32 holds: the other half is for the sum of products. */
const LARGEST_BIAS = 2 ** 30;

/** Quantises weights, each output channel by its own scale: depthwise kernels differ by a hundredfold. */
export function quantiseWeights(
  weights: Float32Array,
  layout: WeightLayout,
  { inputScale, bias, largest, inputMeans }: QuantiseWeightsOptions,
): QuantisedWeights {
  const { channels, inputs, area } = layout;
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(channels);
  const shifts = new Float64Array(channels);
  const inputsOffset = (channel: number): number =>
    Math.floor((channel * layout.groups) / channels) * inputs;
  for (let channel = 0; channel < channels; channel += 1) {
    const start = channel * layout.channelStride;
    let magnitude = 0;
    for (let input = 0; input < inputs; input += 1) {
      const at = start + input * layout.inputStride;
      for (let place = at; place < at + area; place += 1) {
        magnitude = Math.max(magnitude, Math.abs(weights[place] as number));
      }
    }
    const scale = channelScale(magnitude / largest, (bias?.[channel] ?? 0) / inputScale);
    scales[channel] = scale;
    let shift = 0;
    for (let input = 0; input < inputs; input += 1) {
      const at = start + input * layout.inputStride;
      let rest = 0;
      for (let place = at; place < at + area; place += 1) {
        const weight = weights[place] as number;
        const value = Math.max(-largest, Math.min(largest, roundHalfEven(weight / scale)));
        values[place] = value;
        rest += weight - value * scale;
      }
      shift += rest * (inputMeans?.[inputsOffset(channel) + input] ?? 0);
    }
    shifts[channel] = shift;
  }
  const biasScales = scales.map((scale) => inputScale * scale);
  const hasShift = shifts.some((shift) => shift !== 0);
  return {
    values,
    scales,
    biasScales,
    bias:
      bias === undefined && !hasShift
        ? undefined
        : Int32Array.from(biasScales, (scale, channel) =>
            roundHalfEven(((bias?.[channel] ?? 0) + (shifts[channel] as number)) / scale),
          ),
  };
}

/** Wide enough for the bias too, which an all-zero channel has nothing else for. As float32: what the file will hold. */
function channelScale(ofWeights: number, biasInSteps: number): number {
  const scale = Math.fround(Math.max(ofWeights, Math.abs(biasInSteps) / LARGEST_BIAS));
  // Below the smallest normal float32 runtimes may flush to zero: such weights are none.
  return scale < 2 ** -126 ? 1 : scale;
}

/** As ONNX's QuantizeLinear rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
