import { buildClassifier, convertLayersModel, type ClassifierRoles } from '@isometry/export';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { L2Normalize } from './l2-normalize-layer.ts';
import { randomiseWeights, toModelFile, toNchw } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import {
  BATCH,
  build,
  convolution,
  difference,
  features,
  graphOf,
  HEIGHT,
  MAX_DIFFERENCE,
  runBoth,
  SHAPE,
  WIDTH,
} from './stranger.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

const STANDARD = ['embedding', 'logits', 'probabilities', 'last_hidden_state', 'pooler_output'];

describe('a classifier of somebody else', () => {
  const endings: Readonly<Record<string, (x: SymbolicTensor) => SymbolicTensor>> = {
    'a dense layer with softmax': (x) =>
      apply(layers.dense({ units: 4, activation: 'softmax', name: 'end' }), features(x)),
    'a softmax of its own': (x) =>
      apply(layers.softmax({ name: 'end' }), apply(layers.dense({ units: 4 }), features(x))),
    'dropout, dense, activation': (x) => {
      const dropped = apply(layers.dropout({ rate: 0.5 }), features(x));
      return apply(
        layers.activation({ activation: 'softmax' }),
        apply(layers.dense({ units: 4 }), dropped),
      );
    },
    // Keras' MobileNet: the head is a convolution, and what is reshaped is before or behind the softmax.
    'a convolution, then a reshape, then softmax': (x) => {
      const map = apply(layers.reshape({ targetShape: [1, 1, 8] }), features(x));
      const flat = apply(
        layers.reshape({ targetShape: [4] }),
        apply(convolution(4, 'end', 1), map),
      );
      return apply(layers.activation({ activation: 'softmax' }), flat);
    },
    'a convolution, then softmax, then a reshape': (x) => {
      const map = apply(layers.reshape({ targetShape: [1, 1, 8] }), features(x));
      const soft = apply(
        layers.activation({ activation: 'softmax' }),
        apply(convolution(4, 'end', 1), map),
      );
      return apply(layers.reshape({ targetShape: [4] }), soft);
    },
    'a softmax over the channels of one pixel': (x) => {
      const map = apply(layers.reshape({ targetShape: [1, 1, 8] }), features(x));
      return apply(
        layers.activation({ activation: 'softmax' }),
        apply(convolution(4, 'end', 1), map),
      );
    },
  };

  it.each(Object.entries(endings))('gives its own probabilities: %s', async (_name, ending) => {
    const model = graphOf(ending);
    for (const fold of [true, false]) {
      // One session at a time.
      // oxlint-disable-next-line no-await-in-loop
      const built = await build(model, { fold });
      expect(built).toMatchObject({ embeddingSize: 8, logitCount: 4, isNormalised: false });
      // oxlint-disable-next-line no-await-in-loop
      const { tfjs, onnx } = await runBoth(model, built);
      expect(Object.keys(onnx)).toEqual(STANDARD);
      expect(difference(tfjs[0], onnx['probabilities'])).toBeLessThan(MAX_DIFFERENCE);
      const softmax = built.model.graph.nodes.filter(({ opType }) => opType === 'Softmax');
      expect(softmax.length).toBeLessThanOrEqual(fold ? 1 : 2);
    }
  });

  it('is a stack, and what the last dense layer gets is its embedding', async () => {
    const model = tf.sequential({
      layers: [
        layers.conv2d({ filters: 8, kernelSize: 3, inputShape: [...SHAPE], activation: 'relu' }),
        layers.maxPooling2d({}),
        layers.flatten(),
        layers.dropout({ rate: 0.2 }),
        layers.dense({ units: 5, activation: 'relu', name: 'hidden' }),
        layers.dense({ units: 4, activation: 'softmax', name: 'predictions' }),
      ],
    });
    randomiseWeights(model, 9);
    const built = await build(model);
    expect(built).toMatchObject({ embeddingSize: 5, logitCount: 4 });
    const { tfjs, onnx } = await runBoth(model, built);
    const hidden = tf.model({ inputs: model.inputs, outputs: model.getLayer('hidden').output });
    const inner = await runBoth(hidden, built);
    expect(difference(inner.tfjs[0], onnx['embedding'])).toBeLessThan(MAX_DIFFERENCE);
    expect(difference(tfjs[0], onnx['probabilities'])).toBeLessThan(MAX_DIFFERENCE);
    expect(built.model.graph.nodes.map(({ name }) => name)).toContain('predictions/activation');
  });

  it('has its embedding in Keras’ order where that is a flat feature map', async () => {
    const flat = (x: SymbolicTensor): SymbolicTensor =>
      apply(layers.flatten(), apply(convolution(2), x));
    const model = graphOf((x) => {
      const values = flat(x);
      return [apply(layers.dense({ units: 4, name: 'logits' }), values), values];
    });
    const built = await build(model);
    const { tfjs, onnx } = await runBoth(model, built);
    expect(difference(tfjs[0], onnx['logits'])).toBeLessThan(MAX_DIFFERENCE);
    expect(difference(tfjs[1], onnx['embedding'])).toBeLessThan(MAX_DIFFERENCE);
  });

  it('is told which layer is which, inside a model too, and keeps its other outputs', async () => {
    const image = tf.input({ shape: [...SHAPE] });
    const inner = tf.model({ name: 'base', inputs: image, outputs: features(image) });
    const model = graphOf((x) => {
      const pooled = inner.apply(x) as SymbolicTensor;
      const squeezed = apply(layers.dense({ units: 3, name: 'embedding' }), pooled);
      const map = apply(convolution(2, 'map'), x);
      const classes = apply(
        layers.dense({ units: 4, activation: 'softmax', name: 'kinds' }),
        squeezed,
      );
      return [
        map,
        apply(layers.dense({ units: 1, name: 'probabilities' }), squeezed),
        squeezed,
        classes,
      ];
    });
    const own = await build(model, { embedding: 'pool' });
    const full = await build(model, { embedding: 'base/pool', logits: 'kinds', temperature: 2 });
    for (const built of [own, full]) {
      // oxlint-disable-next-line no-await-in-loop
      const { tfjs, onnx } = await runBoth(model, built);
      const names = Object.keys(onnx);
      expect(names.slice(0, 5)).toEqual(STANDARD);
      expect(names.slice(5)).toEqual(['map', 'probabilities_1', 'embedding_1']);
      expect(built).toMatchObject({ embeddingSize: 8, logitCount: 4 });
      const [map, age, embedding] = tfjs as [Float32Array, Float32Array, Float32Array];
      expect(difference(toNchw(map, BATCH, 2), onnx['map'])).toBeLessThan(MAX_DIFFERENCE);
      expect(difference(age, onnx['probabilities_1'])).toBeLessThan(MAX_DIFFERENCE);
      expect(difference(embedding, onnx['embedding_1'])).toBeLessThan(MAX_DIFFERENCE);
      const shapes = built.model.graph.outputs.map(({ dims }) => dims?.map(({ size }) => size));
      expect(shapes.slice(5)).toEqual([
        ['N', 2, HEIGHT, WIDTH],
        ['N', 1],
        ['N', 3],
      ]);
    }
    const [cold, warm] = await Promise.all([runBoth(model, own), runBoth(model, full)]);
    expect(difference(cold.tfjs[3], cold.onnx['probabilities'])).toBeLessThan(MAX_DIFFERENCE);
    const halved = cold.onnx['logits']?.map((value) => value / 2);
    expect(difference(halved, warm.onnx['logits'])).toBe(0);
  });

  it('keeps the names of outputs whose layers have an activation, or are the embedding too', async () => {
    const model = graphOf((x) => {
      const pooled = features(x);
      const kinds = apply(layers.dense({ units: 4, activation: 'softmax', name: 'kinds' }), pooled);
      const age = apply(layers.dense({ units: 1, activation: 'sigmoid', name: 'age' }), pooled);
      return [pooled, age, kinds];
    });
    const built = await build(model, { logits: 'kinds' });
    const { tfjs, onnx } = await runBoth(model, built);
    expect(Object.keys(onnx)).toEqual([...STANDARD, 'pool', 'age']);
    expect(difference(tfjs[0], onnx['pool'])).toBeLessThan(MAX_DIFFERENCE);
    expect(difference(tfjs[1], onnx['age'])).toBeLessThan(MAX_DIFFERENCE);
    const age = built.graph.layers.find(({ name }) => name === 'age');
    expect(age?.value.name).toBe('age');
  });

  it('has outputs of one name: those of a layer that is called twice', async () => {
    const model = graphOf((x) => {
      const shared = layers.dense({ units: 8, name: 'embedding' });
      const first = apply(shared, features(x));
      const second = apply(shared, first);
      const kinds = apply(layers.dense({ units: 4, name: 'logits' }), second);
      return [first, second, kinds];
    });
    const built = await build(model, { embedding: 'pool' });
    const { tfjs, onnx } = await runBoth(model, built);
    expect(Object.keys(onnx)).toEqual([...STANDARD, 'embedding_1', 'embedding_2']);
    expect(difference(tfjs[0], onnx['embedding_1'])).toBeLessThan(MAX_DIFFERENCE);
    expect(difference(tfjs[1], onnx['embedding_2'])).toBeLessThan(MAX_DIFFERENCE);
    const own = await runBoth(model, await build(model));
    expect(Object.keys(own.onnx)).toEqual([...STANDARD, 'embedding_2']);
    expect(difference(tfjs[0], own.onnx['embedding'])).toBeLessThan(MAX_DIFFERENCE);
    expect(difference(tfjs[1], own.onnx['embedding_2'])).toBeLessThan(MAX_DIFFERENCE);
  });

  it.each([1, 2.5])('with one sigmoid has two classes, at temperature %d', async (temperature) => {
    const end = layers.dense({ units: 1, activation: 'sigmoid', name: 'end' });
    const model = graphOf((x) => apply(end, features(x)));
    const built = await build(model, { labelCount: 2, temperature });
    expect(built).toMatchObject({ embeddingSize: 8, logitCount: 2 });
    const { tfjs, onnx } = await runBoth(model, built);
    const logits = [...(tfjs[0] as Float32Array)].map((p) => Math.log(p / (1 - p)) / temperature);
    const expected = logits.flatMap((z) => [1 / (1 + Math.exp(z)), 1 / (1 + Math.exp(-z))]);
    expect(difference(Float32Array.from(expected), onnx['probabilities'])).toBeLessThan(
      MAX_DIFFERENCE,
    );
    expect(onnx['logits']?.filter((_, index) => index % 2 === 0)).toEqual(new Float32Array(BATCH));
  });

  it('with one value that is a logit has two classes where there are two labels', async () => {
    const model = graphOf((x) => apply(layers.dense({ units: 1, name: 'end' }), features(x)));
    const { tfjs, onnx } = await runBoth(model, await build(model, { labelCount: 2 }));
    const second = onnx['logits']?.filter((_, index) => index % 2 === 1);
    expect(difference(tfjs[0], second)).toBeLessThan(MAX_DIFFERENCE);
    await expect(build(model)).rejects.toThrow(/a single value that is no sigmoid/u);
  });

  it('with several sigmoids is refused, unless their logits are asked for', async () => {
    const end = layers.dense({ units: 4, activation: 'sigmoid', name: 'end' });
    const model = graphOf((x) => apply(end, features(x)));
    await expect(build(model)).rejects.toThrow(/its 4 values are sigmoids/u);
    const { tfjs, onnx } = await runBoth(model, await build(model, { logits: 'end' }));
    const sigmoid = onnx['logits']?.map((value) => 1 / (1 + Math.exp(-value)));
    expect(difference(tfjs[0], sigmoid)).toBeLessThan(MAX_DIFFERENCE);
  });

  it('says whether its embedding is normalised in the graph', async () => {
    const model = graphOf((x) => {
      const embedding = apply(new L2Normalize({ name: 'unit' }), features(x));
      return apply(layers.dense({ units: 4, activation: 'softmax' }), embedding);
    });
    expect((await build(model)).isNormalised).toBe(true);
    expect((await build(model, { embedding: 'pool' })).isNormalised).toBe(false);
  });

  it('of any image size is given one', async () => {
    const image = tf.input({ shape: [null, null, 3] as never });
    const model = tf.model({
      inputs: image,
      outputs: apply(layers.dense({ units: 4, activation: 'softmax' }), features(image)),
    });
    randomiseWeights(model, 2);
    const file = await toModelFile(model);
    expect(() => convertLayersModel(file)).toThrow(/images of any size/u);
    const inputSize = { height: HEIGHT, width: WIDTH };
    const built = buildClassifier(convertLayersModel(file, { inputSize }));
    const { tfjs, onnx } = await runBoth(model, built);
    expect(difference(tfjs[0], onnx['probabilities'])).toBeLessThan(MAX_DIFFERENCE);
    const fixed = await toModelFile(graphOf(features));
    expect(() => convertLayersModel(fixed, { inputSize: { height: 8, width: 8 } })).toThrow(
      /of 9 x 11 pixels, not 8 x 8/u,
    );
  });

  const two = (x: SymbolicTensor): SymbolicTensor[] => {
    const pooled = features(x);
    return ['kinds', 'ages'].map((name, index) =>
      apply(layers.dense({ units: 4 + index, name }), pooled),
    );
  };
  const kinds = (x: SymbolicTensor): SymbolicTensor => two(x)[0] as SymbolicTensor;
  const flatImage = (): LayersModel => {
    const input = tf.input({ shape: [20] });
    return tf.model({ inputs: input, outputs: apply(layers.dense({ units: 2 }), input) });
  };
  const greyImage = (): LayersModel => {
    const input = tf.input({ shape: [8, 8, 1] });
    return tf.model({ inputs: input, outputs: apply(layers.flatten(), input) });
  };
  const twoImages = (): LayersModel => {
    const inputs = ['left', 'right'].map((name) => tf.input({ shape: [...SHAPE], name }));
    return tf.model({ inputs, outputs: features(apply(layers.add(), inputs)) });
  };
  const refused: Readonly<Record<string, [() => LayersModel, ClassifierRoles, RegExp]>> = {
    'an unknown layer': [
      () => graphOf(kinds),
      { embedding: 'pol' },
      /Layer "pol": no layer has this name; the nearest are "pool"/u,
    ],
    'an unknown output': [
      () => graphOf(two),
      { logits: 'kind' },
      /Layer "kind": no layer has this name; the nearest are "kinds"/u,
    ],
    'two outputs that could be the classes': [
      () => graphOf(two),
      {},
      /which of .* is not clear: "kinds", "ages"/iu,
    ],
    'a feature map as embedding': [
      () =>
        graphOf((x) =>
          apply(
            layers.dense({ units: 4 }),
            apply(layers.globalAveragePooling2d({}), apply(convolution(8, 'map'), x)),
          ),
        ),
      { embedding: 'map' },
      /Layer "map": its shape \[11, 9, 8\] is no vector/u,
    ],
    'a feature map as classes': [
      () => graphOf((x) => apply(convolution(4), x)),
      {},
      /its shape \[11, 9, 4\] is no list of classes/u,
    ],
    'no layer that could be the embedding': [
      () => graphOf((x) => apply(layers.globalAveragePooling2d({}), apply(convolution(4), x))),
      {},
      /Nothing in the model says which layer is the embedding/u,
    ],
    'another number of labels': [
      () => graphOf((x) => apply(layers.dense({ units: 4, name: 'end' }), features(x))),
      { labelCount: 5 },
      /Output "end": it tells 4 classes apart, and there are 5 labels/u,
    ],
    'no image': [flatImage, {}, /no image of three channels: its shape is \[null,20\]/u],
    'an image without colours': [greyImage, {}, /no image of three channels/u],
    'two images': [twoImages, {}, /has 2 inputs \("left", "right"\)/u],
  };
  it.each(Object.entries(refused))('is refused: %s', async (_name, [make, roles, message]) => {
    await expect(build(make(), roles)).rejects.toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(?:RUN|OPTION)_INVALID$/u),
        message: expect.stringMatching(message),
      }),
    );
  });

  it('tells the classes by their number where two outputs could be them', async () => {
    const built = await build(graphOf(two), { labelCount: 5 });
    expect(built).toMatchObject({ logitCount: 5, embeddingSize: 8 });
    expect(built.model.graph.outputs.at(-1)?.name).toBe('kinds');
  });
});
