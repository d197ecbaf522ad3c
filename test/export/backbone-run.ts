import { BACKBONES, loadTfjs, type BackboneName } from '@isometry/train';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { L2Normalize } from './l2-normalize-layer.ts';
import { randomiseWeights } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { draftFor, writeRun } from './write-run.ts';

export interface BackboneRunOptions {
  readonly name: BackboneName;
  readonly side: number;
  readonly widthMultiplier: number;
  readonly seed: number;
}

/** Writes a run of a backbone of `@isometry/train`, 32 normalised values and three labels, with weights of a trained one's size. */
export async function writeBackboneRun(folder: string, options: BackboneRunOptions): Promise<void> {
  const { name, side, widthMultiplier, seed } = options;
  const tf = await loadTfjs();
  const input = tf.input({ shape: [side, side, 3], name: 'pixel_values' });
  const features = BACKBONES[name].build(tf, input, { widthMultiplier, seed });
  const pooled = apply(tf.layers.globalAveragePooling2d({}), features as SymbolicTensor);
  const vector = apply(tf.layers.dense({ units: 32, name: 'embedding_dense' }), pooled);
  const embedding = apply(new L2Normalize({ name: 'embedding' }), vector);
  const logits = apply(tf.layers.dense({ units: 3, name: 'logits' }), embedding);
  const outputs = [embedding, logits];
  const model = tf.model({ inputs: input, outputs } as never) as unknown as LayersModel;
  randomiseWeights(model, seed);
  await writeRun(folder, model, draftFor(side, true));
  for (const layer of model.layers) layer.dispose();
}
