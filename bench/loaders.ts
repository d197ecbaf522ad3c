// How far transformers.js (in Node) and Python's optimum are from Isometry on an exported folder, by their own pixels.
//
//   npm run bench:loaders -- --images DIR [--count 300] [--json] FOLDER [FOLDER…]
//
// A FOLDER is what `isometry export --out FOLDER` leaves; the images are spread evenly over DIR. Each loader goes by the
// folder's preprocessor_config.json; `stretched` is transformers.js as it would be if that file knew no fit. optimum is
// asked when $ISOMETRY_OPTIMUM_PYTHON names a Python that has it (docs/exported-folder.md).
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AutoProcessor, RawImage, ViTImageProcessor } from '@huggingface/transformers';
import { compareArrays, type Classifier } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-node';
import { levels } from '../test/loaders/levels.ts';
import { optimumPixels } from '../test/loaders/ask-optimum.ts';
import { optimumPython } from '../test/loaders/optimum-python.ts';

/** What a loader makes of a picture: an input [1, 3, H, W]. */
type Prepare = (path: string) => Promise<Float32Array>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string' },
    count: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
  },
});
const { images: root } = values;
if (root === undefined || positionals.length === 0) {
  console.error('Give --images and at least one exported folder.');
  process.exit(2);
}
const pictures = await spread(root, Number(values.count));
for (const folder of positionals) await measureFolder(resolve(folder));

async function spread(from: string, count: number): Promise<readonly string[]> {
  const files = (await readdir(from, { recursive: true }))
    .filter((file) => /\.(?:jpe?g|png|webp)$/iu.test(file))
    .toSorted();
  const step = Math.max(1, files.length / count);
  const wanted = Math.min(count, files.length);
  return Array.from({ length: wanted }, (_, index) =>
    join(from, files[Math.floor(index * step)] as string),
  );
}

async function measureFolder(folder: string): Promise<void> {
  const classifier = await loadClassifier(join(folder, 'onnx', 'model.onnx'));
  const { fit } = classifier.manifest.pixels;
  const name = `${basename(folder)}, ${fit}`;
  for (const [loader, prepare] of await loaders(folder, classifier)) {
    const row = await compare(classifier, prepare);
    if (values.json) print(name, loader, row);
    else {
      const figures = `${row.pixels.toFixed(2)} levels, same label ${row.agreed} of ${pictures.length}`;
      console.log(
        `${name}: ${loader}: ${figures}, probability ${row.probability.toFixed(3)}, embedding ${row.embedding.toFixed(3)}`,
      );
    }
  }
  await classifier.close();
}

async function loaders(
  folder: string,
  classifier: Classifier<string>,
): Promise<readonly (readonly [string, Prepare])[]> {
  const { width, height, mean, std } = classifier.manifest.pixels;
  const stretched = new ViTImageProcessor({
    do_resize: true,
    size: { width, height },
    do_normalize: true,
    image_mean: [...mean],
    image_std: [...std],
  });
  const processor = await AutoProcessor.from_pretrained(folder);
  const python = optimumPython();
  const byPython = python === undefined ? undefined : await optimumPixels(python, folder, pictures);
  return [
    ['transformers.js', (path) => prepareBy(processor as unknown as Processor, path)],
    ['transformers.js, stretched', (path) => prepareBy(stretched as unknown as Processor, path)],
    ...(byPython === undefined
      ? []
      : [['optimum', (path: string) => Promise.resolve(byPython(path))] as const]),
  ];
}

/** What this bench needs of their processors, whose types say less than they do. */
type Processor = (
  images: readonly RawImage[],
) => Promise<{ readonly pixel_values: { readonly data: Float32Array } }>;

async function prepareBy(processor: Processor, path: string): Promise<Float32Array> {
  return (await processor([await RawImage.read(path)])).pixel_values.data;
}

interface Row {
  /** Mean absolute difference of the inputs, of 255 levels. */
  readonly pixels: number;
  /** How many images have the same label first. */
  readonly agreed: number;
  /** Mean over images of the largest difference of a probability. */
  readonly probability: number;
  /** Mean over images of the embeddings' distance, of the norm. */
  readonly embedding: number;
}

async function compare(classifier: Classifier<string>, prepare: Prepare): Promise<Row> {
  const decode = createImageDecoder();
  const { pixels: spec } = classifier.manifest;
  const answer = (data: Float32Array): ReturnType<typeof classifier.run> =>
    classifier.run({ data, dims: [1, 3, spec.height, spec.width] });
  const sum = { pixels: 0, agreed: 0, probability: 0, embedding: 0 };
  for (const path of pictures) {
    const own = (await decode(await readFile(path), spec)).tensor;
    const theirs = await prepare(path);
    const [a, b] = [await answer(own), await answer(theirs)];
    const [p, q] = [a['probabilities']!.data, b['probabilities']!.data];
    sum.pixels += levels(own, theirs, spec.std);
    sum.agreed += p.indexOf(Math.max(...p)) === q.indexOf(Math.max(...q)) ? 1 : 0;
    sum.probability += compareArrays(p, q).maxAbs;
    sum.embedding += compareArrays(a['embedding']!.data, b['embedding']!.data).relativeL2;
  }
  const mean = (total: number): number => total / pictures.length;
  return {
    pixels: mean(sum.pixels),
    agreed: sum.agreed,
    probability: mean(sum.probability),
    embedding: mean(sum.embedding),
  };
}

function print(name: string, peerName: string, row: Row): void {
  const metrics: readonly (readonly [string, number, string])[] = [
    ['pixels, mean difference', row.pixels, 'of 255'],
    ['same label', row.agreed / pictures.length, '1'],
    ['probability, mean of the largest difference', row.probability, '1'],
    ['embedding, mean distance', row.embedding, 'of the norm'],
  ];
  for (const [metric, ours, unit] of metrics)
    console.log(JSON.stringify({ bench: 'loaders', case: name, metric, ours, peerName, unit }));
}
