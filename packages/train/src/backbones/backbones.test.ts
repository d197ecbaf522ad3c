import type { LayersModel } from '@tensorflow/tfjs-node';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BACKBONES, type BackboneName } from './backbones.ts';
import { loadTfjs, type Tfjs } from '../tfjs.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

const built: LayersModel[] = [];
afterEach(() => {
  for (const model of built.splice(0)) for (const layer of model.layers) layer.dispose();
});

function build(name: BackboneName, height: number, width = height, widthMultiplier = 1) {
  const input = tf.input({ shape: [height, width, 3] });
  const output = BACKBONES[name].build(tf, input, { widthMultiplier, seed: 1 });
  const model = tf.model({ inputs: input, outputs: output });
  built.push(model);
  return model;
}

function trainableCount(model: LayersModel): number {
  return model.trainableWeights.reduce(
    (sum, { shape }) => sum + shape.reduce<number>((product, side) => product * (side ?? 1), 1),
    0,
  );
}

describe('BACKBONES', () => {
  // Keras' count_params() with include_top=False: the paper's table 3 has the totals.
  it.each([
    ['mobilenet', 3_228_864, 3_206_976, 86, [null, 4, 4, 1024]],
    ['resnet50', 23_587_712, 23_534_592, 175, [null, 4, 4, 2048]],
    ['inceptionv3', 21_802_784, 21_768_352, 311, [null, 2, 2, 2048]],
  ] as const)('has Keras’ parameters and layers: %s', (name, total, trainable, layers, shape) => {
    const model = build(name, 128);
    expect(model.countParams()).toBe(total);
    expect(trainableCount(model)).toBe(trainable);
    expect(model.layers).toHaveLength(layers);
    expect(model.outputs[0]?.shape).toEqual(shape);
  });

  it.each([
    [0.75, 1_832_976],
    [0.5, 829_536],
    [0.25, 218_544],
  ])('has Keras’ parameters at width %d', (widthMultiplier, parameters) => {
    expect(build('mobilenet', 32, 32, widthMultiplier).countParams()).toBe(parameters);
  });

  it.each([
    ['mobilenet', [33, 47], [1, 1]],
    ['mobilenet', [32, 65], [1, 2]],
    ['resnet50', [32, 65], [1, 3]],
    ['inceptionv3', [75, 139], [1, 3]],
  ] as const)('takes inputs of other shapes: %s %j', (name, [height, width], [rows, columns]) => {
    const model = build(name, height, width);
    expect(model.outputs[0]?.shape?.slice(1, 3)).toEqual([rows, columns]);
  });

  it('names and shapes the layers of MobileNet as Keras', () => {
    const model = build('mobilenet', 128);
    const shapeOf = (name: string) => model.getLayer(name).outputShape;
    expect(shapeOf('conv1_relu')).toEqual([null, 64, 64, 32]);
    expect(shapeOf('conv_pad_2')).toEqual([null, 65, 65, 64]);
    expect(shapeOf('conv_dw_2')).toEqual([null, 32, 32, 64]);
    expect(shapeOf('conv_pw_13_relu')).toEqual([null, 4, 4, 1024]);
    expect(model.layers.filter((layer) => /^conv_pad_(2|4|6|12)$/.test(layer.name))).toHaveLength(
      4,
    );
  });

  it('gives the same weights for the same seed, and trains with the momentum that is asked for', () => {
    const input = tf.input({ shape: [32, 32, 3] });
    const make = (seed: number) => {
      const output = BACKBONES.mobilenet.build(tf, input, {
        widthMultiplier: 0.25,
        seed,
        batchNormMomentum: 0.9,
      });
      const model = tf.model({ inputs: input, outputs: output });
      built.push(model);
      return model;
    };
    const kernel = (model: LayersModel) =>
      Array.from(model.getLayer('conv_pw_3').getWeights()[0]?.dataSync() ?? []);
    const first = make(1);
    expect(kernel(make(1))).toEqual(kernel(first));
    expect(kernel(make(2))).not.toEqual(kernel(first));
    expect(first.getLayer('conv1_bn').getConfig()['momentum']).toBe(0.9);
  });
});
