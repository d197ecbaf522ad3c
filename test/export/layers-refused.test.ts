import { isIsometryError } from '@isometry/core';
import { convertLayersModel } from '@isometry/export';
import { describe, expect, it } from 'vitest';

type Config = Readonly<Record<string, unknown>>;
type Spec = readonly [className: string, config: Config, reason: string];

const conv = { filters: 2, kernel_size: [3, 3] };

/** What no place in a model can make good. */
const configs: readonly Spec[] = [
  ['Activation', { activation: 'softsine' }, 'activation: "softsine" is none of elu, '],
  ['Activation', { activation: { class_name: 'ReLU', config: {} } }, 'activation: "ReLU" is none'],
  ['AveragePooling2D', { data_format: 'channels_first' }, 'data_format: only channels_last'],
  ['BatchNormalization', { axis: 'channels' }, 'axis: '],
  ['Concatenate', { axis: -2 }, 'axis: of the negative axes, tfjs has -1 only'],
  ['Conv2D', { ...conv, data_format: 'channels_first' }, 'data_format: only channels_last'],
  ['Conv2D', { ...conv, padding: 'causal' }, 'padding: '],
  ['Conv2D', { ...conv, kernel_size: [3, 3, 3] }, 'kernel_size'],
  ['Conv2D', { ...conv, strides: 0 }, 'strides'],
  ['Conv2DTranspose', { ...conv, dilation_rate: [2, 2] }, 'dilation_rate'],
  ['Conv2DTranspose', { ...conv, output_padding: [1, 1] }, 'output_padding: tfjs ignores it'],
  ['DepthwiseConv2D', { kernel_size: 3, dilation_rate: 2 }, 'dilation_rate: tfjs ignores it'],
  ['Flatten', { data_format: 'channels_first' }, 'data_format: only channels_last'],
  ['Normalization', { mean: [1, 2, 3] }, 'mean: only statistics that are weights'],
  ['Permute', { dims: [] }, 'dims: '],
  ['ReLU', { negative_slope: -1 }, 'negative_slope: '],
  ['Resizing', { height: 3, width: 3, interpolation: 'lanczos3' }, 'interpolation: '],
  ['Resizing', { height: 3, width: 3, crop_to_aspect_ratio: true }, 'crop_to_aspect_ratio: '],
  ['UpSampling2D', { interpolation: 'bicubic' }, 'interpolation: '],
  ['ZeroPadding2D', { padding: [1, [2, 3]] }, 'padding: '],
  ['Conv1D', conv, 'no converter for this class'],
  ['RandomHeight', { factor: 0.2 }, 'no converter for this class'],
];

/** What does not fit to a feature map of 8 rows, 6 columns and 3 channels. */
const places: readonly Spec[] = [
  ['BatchNormalization', { axis: 4 }, 'it has no axis 4'],
  ['BatchNormalization', { axis: 0 }, 'its axis 0 is the batch'],
  ['BatchNormalization', { axis: [1, 2] }, 'it has several axes'],
  ['CenterCrop', { height: 9, width: 2 }, 'its input is smaller than what it cuts out'],
  ['Conv2D', { ...conv, kernel_size: 9 }, 'its kernel of 9 is larger than its input of 8'],
  ['Conv2D', { ...conv, groups: 2 }, '3 channels to 2 are not divisible by 2'],
  ['Cropping2D', { cropping: [[4, 4], [0, 0]] }, 'it cuts everything off'], // prettier-ignore
  ['GlobalAveragePooling1D', {}, 'its input is not a list of vectors'],
  ['L2Normalize', { epsilon: 1e-12 }, 'its input is a feature map, not a vector'],
  ['LayerNormalization', { axis: [3, 1] }, 'its axes 3, 1 do not ascend'],
  ['Normalization', { axis: 1 }, 'its axis is not the last one'],
  ['Permute', { dims: [1, 2] }, 'its order 1, 2 is none of 3 axes'],
  ['Permute', { dims: [1, 1, 2] }, 'its order 1, 1, 2 is none of 3 axes'],
  ['RepeatVector', { n: 2 }, 'its input is not a vector'],
  ['Rescaling', { scale: [1, 2] }, 'its scale has 2 numbers for 3 channels'],
  ['Reshape', { target_shape: [5, -1] }, '144 values do not fit into [5, -1]'],
];

/** A model of an image, these layers one behind the other and nothing else. */
function refusedIn(specs: readonly (readonly [string, Config])[]): readonly unknown[] {
  const shape = { batch_input_shape: [null, 8, 6, 3], dtype: 'float32' };
  const layers = [['InputLayer', shape] as const, ...specs].map(([className, config], index) => ({
    class_name: className,
    name: `layer${index}`,
    config: { name: `layer${index}`, ...config },
    inbound_nodes: index === 0 ? [] : [[[`layer${index - 1}`, 0, 0, {}]]],
  }));
  const config = {
    name: 'model',
    layers,
    input_layers: [['layer0', 0, 0]],
    output_layers: [[`layer${specs.length}`, 0, 0]],
  };
  try {
    convertLayersModel({ topology: { class_name: 'Functional', config }, weights: new Map() });
  } catch (error) {
    if (isIsometryError(error) && error.code === 'LAYER_UNSUPPORTED') {
      return error.details?.['layers'] as readonly unknown[];
    }
    throw error;
  }
  return [];
}

describe('a configuration that cannot be written', () => {
  it.each(configs)('is refused where nothing is known of its inputs: %s %j', (...spec) => {
    const [className, config, reason] = spec;
    const refused = refusedIn([
      ['Lambda', {}],
      [className, config],
    ]);
    expect(refused).toEqual([
      expect.objectContaining({ name: 'layer1', className: 'Lambda' }),
      expect.objectContaining({
        name: 'layer2',
        className,
        config: expect.objectContaining(config),
        reason: expect.stringContaining(reason),
      }),
    ]);
  });
});

describe('a layer that does not fit its place', () => {
  it.each(places)('is refused: %s %j', (className, config, reason) => {
    expect(refusedIn([[className, config]])).toEqual([
      expect.objectContaining({ name: 'layer1', reason }),
    ]);
  });

  it('is refused with too few or too many inputs', () => {
    expect(refusedIn([['Multiply', {}]])).toEqual([
      expect.objectContaining({ reason: 'it has 1 inputs' }),
    ]);
  });
});
