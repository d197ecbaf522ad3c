// One process that takes training steps on tfjs-node when told to, one per line of stdin, and times each: keras_steps.py's
// counterpart. `ours` has the layers and the Adam of @isometry/train, `stock` those of tfjs.
//
//   tsx tfjs-steps.ts ours|stock BACKBONE BATCH SIZE CLASSES WARM_UP
import { createInterface } from 'node:readline';
import { BACKBONES, createAdam, loadTfjs, type BackboneName } from '@isometry/train';
import type { LayersModel, Scalar, SymbolicTensor, Tensor2D, Variable } from '@tensorflow/tfjs';

const [kind, backbone, ...numbers] = process.argv.slice(2) as ['ours' | 'stock', BackboneName];
const [batch, size, classes, warmUp] = numbers.map(Number) as [number, number, number, number];
const LEARNING_RATE = 3e-4;

const tf = await loadTfjs();
const model = kind === 'ours' ? buildOurs() : await toStock(buildOurs());
const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
const apply = kind === 'ours' ? ourUpdate() : stockUpdate();
const images = Float32Array.from(
  { length: batch * size * size * 3 },
  // Any noise does: only the time is read.
  () => 2 * Math.random() - 1,
);
const labels = Array.from({ length: batch }, (_, index) => index % classes);

for (let index = 0; index < warmUp; index += 1) step();
say({
  ready: true,
  name: kind === 'ours' ? '@isometry/train' : `tfjs-node ${tf.version['tfjs-node']}`,
  parameters: model.countParams(),
});
for await (const _ of createInterface({ input: process.stdin })) {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  step();
  const { user, system } = process.cpuUsage(cpu);
  say({
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - wall,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  });
}

function say(message: unknown): void {
  console.log(JSON.stringify(message));
}

function buildOurs(): LayersModel {
  const input = tf.input({ shape: [size, size, 3] });
  const features = BACKBONES[backbone].build(tf, input, { widthMultiplier: 1, seed: 1 });
  const pooled = tf.layers.globalAveragePooling2d({}).apply(features) as SymbolicTensor;
  const logits = tf.layers.dense({ units: classes }).apply(pooled) as SymbolicTensor;
  return tf.model({ inputs: input, outputs: logits });
}

/** The same network of tfjs' own layers, which cannot train a batch normalisation without scale. */
function toStock(ours: LayersModel): Promise<LayersModel> {
  const topology = JSON.stringify(ours.toJSON(null, false)).replaceAll(
    '"scale":false',
    '"scale":true',
  );
  for (const layer of ours.layers) layer.dispose();
  return tf.models.modelFromJSON({ modelTopology: JSON.parse(topology) as never });
}

/** Waits for the loss, as Keras' train_on_batch does. */
function step(): void {
  const input = tf.tensor4d(images, [batch, size, size, 3]);
  const target = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat());
  const loss = apply(() =>
    tf.losses.softmaxCrossEntropy(target, model.apply(input, { training: true }) as Tensor2D),
  );
  loss.dataSync();
  tf.dispose([input, target, loss]);
}

function ourUpdate(): (loss: () => Scalar) => Scalar {
  const adam = createAdam(tf);
  return (loss) => {
    const { value, grads } = tf.variableGrads(loss, variables);
    adam.step(grads, LEARNING_RATE);
    tf.dispose(grads);
    return value;
  };
}

function stockUpdate(): (loss: () => Scalar) => Scalar {
  const adam = tf.train.adam(LEARNING_RATE);
  return (loss) => adam.minimize(loss, true, variables) as Scalar;
}
