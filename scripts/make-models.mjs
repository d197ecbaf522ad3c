// Small, seeded, really trained models for tests and benches, kept in the cache outside git.
//
//   node scripts/make-models.mjs [NAME…]        makes what is missing (all by default), prints the paths
//   node scripts/make-models.mjs --fixture      writes test/fixtures/model-v1.onnx anew (see below)
//
// The fixture is a version 1 file that every later version must read: it is made once and then kept.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cacheFolder } from '@isometry/cli';
import { exportRun } from '@isometry/export';
import { createImageDecoder } from '@isometry/pixels';
import { createSession } from '@isometry/runtime-node';
import { loadTfjs, trainClassifier } from '@isometry/train';
import { makeSyntheticImages, syntheticCounts } from './synthetic-images.mjs';

/** A quarter of MobileNet at half the size: a step takes a twentieth of the time. One look at an image: its tests run it in JavaScript. */
const SMALL = { size: 64, widthMultiplier: 0.25, orientations: 1 };

/** Each is trained for seconds: enough to have real weights and statistics, not to be accurate. */
export const MODELS = {
  /** The defaults of `isometry train`, briefly. */
  'lifted-64': {
    images: { seed: 3, counts: syntheticCounts(120) },
    train: { ...SMALL, seed: 3, epochs: 3, classifierEpochs: 2 },
  },
  /** What the default leaves out: an odd size, so that SAME padding is lopsided, and a normalised embedding. */
  'normalised-65': {
    images: { seed: 4, counts: syntheticCounts(90) },
    train: {
      ...SMALL,
      seed: 4,
      epochs: 2,
      classifier: 'frozen',
      size: 65,
      normalise: true,
      embeddingSize: 16,
    },
  },
};

/** What `--fixture` makes test/fixtures/model-v1.onnx by: the quickstart's pictures and recipe, in full. */
const FIXTURE = { images: {}, train: { ...SMALL, seed: 1 } };

/** What a model comes out of besides its recipe: when one of these changes, it is made anew. */
const SOURCES = ['pixels', 'dataset', 'train', 'export'].map((name) => `packages/${name}/dist`);

/** The path of a made model: `<cache>/models/<name>-<digest of what it is made from>/model.onnx`. */
export async function modelPath(name, recipe = MODELS[name]) {
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  hash.update(await readFile(new URL('synthetic-images.mjs', import.meta.url)));
  for (const folder of SOURCES) {
    const url = new URL(`../${folder}/`, import.meta.url);
    const files = (await readdir(url, { recursive: true })).filter((file) => file.endsWith('.js'));
    for (const file of files.sort()) hash.update(await readFile(new URL(file, url)));
  }
  return join(
    cacheFolder(process.env),
    'models',
    `${name}-${hash.digest('hex').slice(0, 12)}`,
    'model.onnx',
  );
}

/** Makes the model unless it is there. */
export async function makeModel(name, recipe = MODELS[name]) {
  const path = await modelPath(name, recipe);
  if (await exists(path)) return path;
  const folder = join(path, '..');
  await mkdir(join(folder, '..'), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    const { images, train } = recipe;
    await makeSyntheticImages({ out: join(work, 'images'), ...images });
    await trainClassifier({
      images: join(work, 'images'),
      out: join(work, 'run'),
      group: 'patient',
      name,
      ...train,
    });
    await exportRun(join(work, 'run'), {
      out: join(work, 'model.onnx'),
      decode: createImageDecoder(),
      createSession,
      loadTfjs,
    });
    await rm(join(work, 'images'), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
  return path;
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { fixture: { type: 'boolean', default: false } },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(MODELS, name));
  if (unknown.length > 0) {
    console.error(`unknown model ${unknown.join(', ')}. Known: ${Object.keys(MODELS).join(', ')}`);
    process.exit(2);
  }
  if (values.fixture) {
    const fixture = fileURLToPath(new URL('../test/fixtures/model-v1.onnx', import.meta.url));
    await copyFile(await timed('synthetic-64', FIXTURE), fixture);
    console.log(fixture);
  } else {
    for (const name of positionals.length > 0 ? positionals : Object.keys(MODELS)) {
      console.log(await timed(name));
    }
  }
}

async function timed(name, recipe) {
  const started = performance.now();
  const path = await makeModel(name, recipe);
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return path;
}
