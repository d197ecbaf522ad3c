import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareArrays } from '@isometry/core';
import {
  buildClassifier,
  convertGraphModel,
  readTfjsModel,
  type ClassifierRoles,
} from '@isometry/export';
import { encodeModel } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import {
  differenceFromTfjs,
  loadFolderInTfjs,
  openGraph,
  seeded,
  toOnnxOrder,
} from './graph-model.ts';
import { openCpuSession, valuesOf } from './onnx-session.ts';
import { tf } from './tfjs.ts';

/** What tensorflowjs_converter 4.22 made: make_graph_models.py beside them. */
const FIXTURES = join(import.meta.dirname, '../fixtures/graph-models');

/** The operations that grappler left, those of which there are many first. */
const files = {
  // Weights as uint8; outputs that the signature names after tensors.
  mobile: { height: 32, width: 24, outputs: ['embedding', 'Identity_2:0', 'Identity_1:0'] },
  // Weights as float16.
  mixed: { height: 23, width: 18, outputs: ['classes'] },
  // Takes images of any size.
  anysize: { height: 21, width: 30, outputs: ['score'] },
} as const;

describe.each(Object.entries(files))('%s', (name, { height, width, outputs }) => {
  const folder = join(FIXTURES, name);

  it('equals tfjs, which reads the weights itself', async () => {
    const file = await readTfjsModel(join(folder, 'model.json'));
    const open = await openGraph(file, { inputSize: { height, width } });
    expect(open.graph.outputs.map((output) => output.name)).toEqual(outputs);
    const model = await loadFolderInTfjs(folder);
    const difference = await differenceFromTfjs(file, open, { scale: 100, model });
    await open.session.close();
    // A dozen layers of float32.
    expect(difference).toBeLessThan(2e-6);
  });

  it('moves no data', async () => {
    const file = await readTfjsModel(join(folder, 'model.json'));
    const { draft, layers } = convertGraphModel(file, { inputSize: { height, width } });
    expect(draft.nodes.map(({ opType }) => opType)).not.toContain('Transpose');
    // Operations keep their names.
    const names = new Set(draft.nodes.map((node) => node.name));
    const convolutions = layers.filter(({ className }) => className.includes('Conv2'));
    expect(convolutions.length).toBeGreaterThan(1);
    expect(convolutions.filter((layer) => !names.has(layer.name))).toEqual([]);
  });
});

const classifiers: readonly (readonly [keyof typeof files, ClassifierRoles, Expected])[] = [
  [
    'mobile',
    {},
    { embeddingSize: 16, logitCount: 3, isNormalised: true, probabilities: 'Identity_2:0' },
  ],
  [
    'mixed',
    {},
    { embeddingSize: 14, logitCount: 4, isNormalised: false, probabilities: 'Identity:0' },
  ],
];

interface Expected {
  readonly embeddingSize: number;
  readonly logitCount: number;
  readonly isNormalised: boolean;
  /** The tensor of the graph that is the probabilities. */
  readonly probabilities: string;
}

describe.each(classifiers)('%s as a classifier', (name, roles, expected) => {
  it.each([true, false])('gives the probabilities of tfjs, folded: %s', async (fold) => {
    const { height, width } = files[name];
    const folder = join(FIXTURES, name);
    const file = await readTfjsModel(join(folder, 'model.json'));
    const classifier = buildClassifier(convertGraphModel(file), { ...roles, fold });
    expect(classifier).toMatchObject({
      embeddingSize: expected.embeddingSize,
      logitCount: expected.logitCount,
      isNormalised: expected.isNormalised,
    });
    const pixels = seeded(2 * height * width * 3, 5).map((value) => value * 100);
    const model = await loadFolderInTfjs(folder);
    const images = tf.tensor(pixels, [2, height, width, 3]);
    const answer = model.execute(images, expected.probabilities) as ReturnType<typeof tf.tensor>;
    const session = await openCpuSession(encodeModel(classifier.model));
    const outputs = await session.run(
      {
        pixel_values: {
          data: toOnnxOrder(pixels, [height, width, 3], 2),
          dims: [2, 3, height, width],
        },
      },
      ['probabilities'],
    );
    await session.close();
    const ours = valuesOf(outputs, 'probabilities');
    // Probabilities of a dozen layers of float32.
    expect(compareArrays(answer.dataSync<'float32'>(), ours).maxAbs).toBeLessThan(1e-6);
    tf.dispose([images, answer]);
    model.dispose();
  });
});

describe('anysize as a classifier', () => {
  it('of one score tells two labels apart', async () => {
    const { height, width } = files.anysize;
    const file = await readTfjsModel(join(FIXTURES, 'anysize/model.json'));
    const graph = convertGraphModel(file, { inputSize: { height, width } });
    const { model, logitCount, embeddingSize } = buildClassifier(graph, { labelCount: 2 });
    expect({ logitCount, embeddingSize }).toEqual({ logitCount: 2, embeddingSize: 8 });
    const pixels = seeded(3 * height * width * 3, 6);
    const reference = await loadFolderInTfjs(join(FIXTURES, 'anysize'));
    const images = tf.tensor(pixels, [3, height, width, 3]);
    const answer = reference.predict(images) as ReturnType<typeof tf.tensor>;
    const session = await openCpuSession(encodeModel(model));
    const data = toOnnxOrder(pixels, [height, width, 3], 3);
    const feeds = { pixel_values: { data, dims: [3, 3, height, width] } };
    const outputs = await session.run(feeds, ['probabilities']);
    await session.close();
    const second = valuesOf(outputs, 'probabilities').filter((_, index) => index % 2 === 1);
    // A sigmoid beside a softmax of two.
    expect(compareArrays(answer.dataSync<'float32'>(), second).maxAbs).toBeLessThan(1e-6);
    tf.dispose([images, answer]);
    reference.dispose();
  });
});

describe('the fixtures', () => {
  it('are what the converter writes', () => {
    const json = JSON.parse(readFileSync(join(FIXTURES, 'mobile/model.json'), 'utf8')) as {
      convertedBy: string;
      weightsManifest: { weights: { quantization?: { dtype: string } }[] }[];
    };
    expect(json.convertedBy).toBe('TensorFlow.js Converter v4.22.0');
    const weights = json.weightsManifest.flatMap((group) => group.weights);
    expect(weights.some(({ quantization }) => quantization?.dtype === 'uint8')).toBe(true);
  });
});
