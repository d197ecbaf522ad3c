import { BACKBONES, loadTfjs, type BackboneName } from '@isometry/train';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { L2Normalize } from './l2-normalize-layer.ts';
import { randomiseWeights } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

export interface BackboneRunOptions {
  readonly name: BackboneName;
  readonly side: number;
  readonly widthMultiplier: number;
  readonly seed: number;
  /** Whether the embedding has unit length, by a layer of our own that tfjs alone does not load. @defaultValue true */
  readonly normalise?: boolean;
}

/** Writes a run of a backbone of `@isometry/train`, 32 values and three labels, with weights of a trained one's size. */
export async function writeBackboneRun(folder: string, options: BackboneRunOptions): Promise<void> {
  const { name, side, widthMultiplier, seed, normalise = true } = options;
  const tf = await loadTfjs();
  const input = tf.input({ shape: [side, side, 3], name: 'pixel_values' });
  const features = BACKBONES[name].build(tf, input, { widthMultiplier, seed });
  const pooled = apply(tf.layers.globalAveragePooling2d({}), features as SymbolicTensor);
  const dense = tf.layers.dense({ units: 32, name: normalise ? 'embedding_dense' : 'embedding' });
  const vector = apply(dense, pooled);
  const embedding = normalise ? apply(new L2Normalize({ name: 'embedding' }), vector) : vector;
  const logits = apply(tf.layers.dense({ units: 3, name: 'logits' }), embedding);
  const outputs = [embedding, logits];
  const model = tf.model({ inputs: input, outputs } as never) as unknown as LayersModel;
  randomiseWeights(model, seed);
  const draft = draftFor(side, normalise);
  const training = draft.training && { ...draft.training, backbone: name, widthMultiplier };
  await writeRun(folder, model, { ...draft, training });
  for (const layer of model.layers) layer.dispose();
}
