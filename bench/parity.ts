// How far the runtimes are apart on the fixture model: what test/parity/tolerances.ts quotes.
//
//   npm run bench:parity [-- --json]
//
// Over the images of the pixel corpus, and 30 of the ham3 photos where they are ($ISOMETRY_HAM3).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerEverywhere } from '../scripts/quickstart/answer-everywhere.ts';
import { comparePairs, formatPairs } from '../scripts/quickstart/parity-table.ts';

const FIXTURES = fileURLToPath(new URL('../test/fixtures/', import.meta.url));
const HAM3 =
  process.env['ISOMETRY_HAM3'] ??
  fileURLToPath(new URL('../../shared/datasets/ham3', import.meta.url));
const PHOTOS_A_CLASS = 10;

const asJson = process.argv.includes('--json');
const corpus = await imagesIn(join(FIXTURES, 'images'));
const photos = await Promise.all(
  ['akiec', 'bkl', 'mel'].map(async (label) =>
    (await imagesIn(join(HAM3, label))).slice(0, PHOTOS_A_CLASS),
  ),
);
const pictures = [...corpus, ...photos.flat()].map((path) => ({ path, label: '' }));
const { byRuntime } = await answerEverywhere({
  model: await readFile(join(FIXTURES, 'model-v1.onnx')),
  pictures,
  parityPictures: pictures.length,
  say: (line) => console.error(line),
});
const pairs = comparePairs(byRuntime);
if (asJson) {
  for (const { a, b, embedding, probabilities } of pairs) {
    const worst = {
      'embedding, of the norm': embedding.relativeL2,
      'embedding, 1 - cos': embedding.cosineDistance,
      'probabilities, absolute': probabilities.maxAbs,
    };
    for (const [metric, value] of Object.entries(worst)) {
      console.log(
        JSON.stringify({ bench: 'parity', case: b, metric, ours: value, peerName: a, unit: '1' }),
      );
    }
  }
} else {
  console.log(`${corpus.length} corpus images, ${pictures.length - corpus.length} ham3 photos`);
  console.log(formatPairs(pairs));
}

async function imagesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => /\.(?:jpg|png|webp)$/.test(file))
    .toSorted()
    .map((file) => join(folder, file));
}
