import { convertGraphModel, convertLayersModel } from '@isometry/export';
import { describe, expect, it } from 'vitest';
import { HandMadeGraph, type } from '../export/graph-model.ts';

/** A stack whose first layer takes 8 x 8 pixels: a hundred bytes of configuration, no weights. */
function stack(...layers: readonly (readonly [className: string, config: object])[]): unknown {
  const [first, ...others] = layers.map(([className, config], index) => ({
    class_name: className,
    config: { name: `layer${index}`, ...config },
  }));
  const head = {
    ...first,
    config: { ...first?.config, batch_input_shape: [null, 8, 8, 3] },
  };
  return { class_name: 'Sequential', config: { name: 'stack', layers: [head, ...others] } };
}

const flatten = ['Flatten', {}] as const;
const up = (size: number): readonly [string, object] => ['UpSampling2D', { size: [size, size] }];

describe('a few bytes that ask for gigabytes end in an error before there is memory for them', () => {
  it.each<[string, readonly (readonly [string, object])[], RegExp]>([
    ['UpSampling2D', [up(1000)], /makes 192000000 values/],
    ['UpSampling2D, twice', [up(100), up(100)], /"layer1" \(UpSampling2D\): it makes 19200000/],
    [
      'ZeroPadding2D',
      [
        [
          'ZeroPadding2D',
          {
            padding: [
              [0, 1e9],
              [0, 1e9],
            ],
          },
        ],
      ],
      /values of an image/,
    ],
    ['RepeatVector', [flatten, ['RepeatVector', { n: 1e9 }]], /makes 192000000000 values/],
    ['Resizing', [['Resizing', { height: 1e9, width: 1 }]], /makes 3000000000 values/],
    // 33 million rows of one pixel are few values, and a matrix of 8 x 33 million weights is not.
    [
      'Resizing of one column',
      [['Resizing', { height: 33e6, width: 1 }]],
      /makes 264000000 constants/,
    ],
    [
      'Resizing to the nearest',
      [['Resizing', { height: 33e6, width: 1, interpolation: 'nearest' }]],
      /makes 33000000 constants/,
    ],
    [
      'LayerNormalization without a scale',
      [up(500), ['Flatten', {}], ['LayerNormalization', { scale: false, center: false }]],
      /makes 48000000 constants/,
    ],
  ])('%s', (_name, layers, message) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() => convertLayersModel({ topology: stack(...layers), weights: new Map() })).toThrow(
      expect.objectContaining({
        code: 'LAYER_UNSUPPORTED',
        message: expect.stringMatching(message),
      }),
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  it('a resized graph', () => {
    const graph = new HandMadeGraph();
    const image = graph.image([-1, 8, 8, 3]);
    const size = graph.integers(100_000, 100_000);
    graph.node('ResizeBilinear', [image, size], {
      half_pixel_centers: { b: true },
      T: type('DT_FLOAT'),
    });
    expect(() => convertGraphModel(graph.file)).toThrow(
      expect.objectContaining({
        code: 'LAYER_UNSUPPORTED',
        message: expect.stringMatching(/30000000000 values/),
      }),
    );
  });

  it('and what is large and possible is converted', () => {
    // 8 x 836 squared, times 3: 134,176,512 values of the 134,217,728.
    const { layers } = convertLayersModel({ topology: stack(up(836)), weights: new Map() });
    expect(layers.at(-1)?.value.shape).toEqual([6688, 6688, 3]);
    expect(() => convertLayersModel({ topology: stack(up(837)), weights: new Map() })).toThrow(
      expect.objectContaining({ code: 'LAYER_UNSUPPORTED' }),
    );
  });
});
