import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readTfjsModel, type TfjsModelFile } from '@isometry/export';
import { describe, expect, it } from 'vitest';
import { differenceFromTfjs, loadFolderInTfjs, openGraph } from './graph-model.ts';

/**
 * A Python with the judges' TensorFlow and tensorflowjs 4.22.0: make_graph_models.py says what else. With its name, this
 * makes twelve networks, seven minutes of one core, and runs them in tfjs' own kernels.
 */
const PYTHON = process.env['ISOMETRY_TENSORFLOWJS_PYTHON'];

/** The reason where there is none; listed in test/allowed-skips.json. */
const NO_TENSORFLOWJS = 'No Python with tensorflowjs: set ISOMETRY_TENSORFLOWJS_PYTHON';

const SCRIPT = join(import.meta.dirname, '../fixtures/graph-models/make_graph_models.py');

/** Keras' applications with seeded weights, and how large the values of their images are. */
const NETWORKS = {
  MobileNet: 1,
  MobileNetV2: 1,
  MobileNetV3Small: 127,
  MobileNetV3Large: 127,
  EfficientNetB0: 127,
  EfficientNetV2B0: 127,
  ResNet50: 127,
  InceptionV3: 1,
  InceptionResNetV2: 1,
  NASNetMobile: 1,
  Xception: 1,
  VGG16: 127,
} as const;

/** Of the logits' L2 norm. Measured: 2.6e-7 (EfficientNetB0) to 2.2e-6 (VGG16). */
const WORST = 1e-5;

describe('a network of keras.applications, as tensorflowjs_converter writes it', () => {
  it.for(Object.entries(NETWORKS))(
    '%s equals tfjs',
    { timeout: 600_000 },
    async ([name, scale], { skip }) => {
      skip(PYTHON === undefined, NO_TENSORFLOWJS);
      const folder = await mkdtemp(join(tmpdir(), 'isometry-graph-model-'));
      try {
        await promisify(execFile)(PYTHON as string, [SCRIPT, 'applications', folder, name]);
        const path = join(folder, name);
        const file = beforeSoftmax(await readTfjsModel(join(path, 'model.json')));
        const open = await openGraph(file);
        const model = await loadFolderInTfjs(path);
        const difference = await differenceFromTfjs(file, open, { batch: 2, scale, model });
        await open.session.close();
        expect(difference).toBeLessThan(WORST);
        expect(open.nodes.map(({ opType }) => opType)).not.toContain('Transpose');
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});

/** The same model with the logits as its output: a softmax of random weights may be one and zeros, whatever came before. */
function beforeSoftmax(file: TfjsModelFile): TfjsModelFile {
  const { node } = file.topology as { readonly node: readonly { op: string; input?: string[] }[] };
  const name = node.find(({ op }) => op === 'Softmax')?.input?.[0];
  return { ...file, signature: { outputs: { logits: { name } } } };
}
