import { beforeAll, describe, expect, it } from 'vitest';
import { mobileNet } from './mobilenet.ts';
import { loadTfjs, type Tfjs } from '../tfjs.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

function build(widthMultiplier: number, size: number) {
  const input = tf.input({ shape: [size, size, 3] });
  const output = mobileNet(tf, input, { widthMultiplier, seed: 1 });
  return tf.model({ inputs: input, outputs: output });
}

describe('mobileNet', () => {
  // Keras 3: MobileNet(alpha=…, include_top=False).count_params(). The paper's table 3 has the first.
  it.each([
    [1, 3_228_864],
    [0.75, 1_832_976],
    [0.5, 829_536],
    [0.25, 218_544],
  ])('has the parameters of Keras at width %d', (widthMultiplier, parameters) => {
    const model = build(widthMultiplier, 32);
    expect(model.countParams()).toBe(parameters);
    for (const layer of model.layers) layer.dispose();
  });

  it('has the layers of Keras, by name, and their output shapes', () => {
    const model = build(1, 128);
    const shapeOf = (name: string) => model.getLayer(name).outputShape;
    expect(shapeOf('conv1_relu')).toEqual([null, 64, 64, 32]);
    expect(shapeOf('conv_pad_2')).toEqual([null, 65, 65, 64]);
    expect(shapeOf('conv_dw_2')).toEqual([null, 32, 32, 64]);
    expect(shapeOf('conv_pw_13_relu')).toEqual([null, 4, 4, 1024]);
    // 86 with the input layer, as in Keras.
    expect(model.layers).toHaveLength(86);
    expect(model.layers.filter((layer) => /^conv_pad_(2|4|6|12)$/.test(layer.name))).toHaveLength(
      4,
    );
    for (const layer of model.layers) layer.dispose();
  });

  it('takes odd sides from 32 pixels on', () => {
    for (const size of [32, 33, 47]) {
      const model = build(0.25, size);
      expect(model.outputs[0]?.shape).toEqual([null, 1, 1, 256]);
      for (const layer of model.layers) layer.dispose();
    }
  });
});
