import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadClassifier } from '@isometry/runtime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';
import { markedBlock } from '../packaging/readme-blocks.ts';
import { drawPictures } from './draw-pictures.ts';
import { exportFolder, type ExportedFolder, type RunChange } from './exported-folder.ts';

const DOCUMENT = new URL('../../docs/exported-folder.md', import.meta.url);
const CORPUS = new URL('../fixtures/images/', import.meta.url);
/** Scaled decoding, all eight ways to turn a picture that matter (5 to 8 swap sides), gray, narrow, a palette, WebP. */
const FROM_CORPUS = [
  ...[2, 3, 5, 6, 7, 8].map((orientation) => `jpeg-exif-${orientation}.jpg`),
  'jpeg-large.jpg',
  'jpeg-large-progressive.jpg',
  'jpeg-tall.jpg',
  'jpeg-odd.jpg',
  'jpeg-gray.jpg',
  'png-palette-4.png',
  'png-exif-6.png',
  'webp-lossy.webp',
];
/** Lines, with the imports: what the documents promise. */
const LONGEST = 15;

let folder: string;
let pictures: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-script-'));
  const corpus = FROM_CORPUS.map((name) => fileURLToPath(new URL(name, CORPUS)));
  pictures = [...(await drawPictures(join(folder, 'pictures'))), ...corpus];
});
afterAll(() => rm(folder, { recursive: true }));

const FITS: readonly (readonly [string, RunChange])[] = [
  ['contain', { labels: ['yes: no', '日本 🦶\n"é"', '1'] }],
  ['cover', { pixels: { fit: 'cover', filter: 'bicubic', background: [9, 8, 7] } }],
  ['stretch', { pixels: { fit: 'stretch', jpegOversampling: 1.5 } }],
];

describe.each(FITS)('the Python script of a model card (%s)', (name, change) => {
  let exported: ExportedFolder;
  let script: string;
  beforeAll(async () => {
    exported = await exportFolder(join(folder, name), change);
    script = scriptIn(await readFile(join(exported.path, 'README.md'), 'utf8'));
  });

  it('is as short as the documents say', () => {
    const lines = script.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeLessThanOrEqual(LONGEST);
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
  });

  it('answers as runtime-node does', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const path = join(folder, name, 'classify.py');
    await writeFile(path, script);
    const model = join(exported.path, 'onnx', 'model.onnx');
    const classifier = await loadClassifier(model);
    const theirs = await runScript(path, model, pictures);
    const own = await classifier.classifyBatch(pictures, { topK: 3 });
    for (const [index, { predictions }] of own.entries()) {
      const answer = new Map(theirs[index]);
      expect([...answer.keys()]).toEqual(exported.manifest.labels);
      for (const { label, probability } of predictions) {
        // The same pixels; another ONNX Runtime: 1e-7 measured.
        expect(Math.abs((answer.get(label) ?? 0) - probability)).toBeLessThan(1e-5);
      }
    }
    await classifier.close();
  });
});

describe('docs/exported-folder.md', () => {
  it('shows the script that a model card has', async () => {
    const exported = await exportFolder(join(folder, 'documented'));
    const shown = markedBlock(await readFile(DOCUMENT, 'utf8'), 'onnxruntime-script');
    expect(shown).toBe(scriptIn(await readFile(join(exported.path, 'README.md'), 'utf8')));
  });
});

/** The last Python block of a model card. */
function scriptIn(card: string): string {
  const blocks = [...card.matchAll(/^```python\n(?<code>[\s\S]*?)\n```$/gmu)];
  return blocks.at(-1)?.groups?.['code'] ?? '';
}

type Probabilities = readonly (readonly [label: string, probability: number])[];

async function runScript(
  script: string,
  model: string,
  photos: readonly string[],
): Promise<readonly Probabilities[]> {
  const judge = fileURLToPath(new URL('judge_script.py', import.meta.url));
  return JSON.parse(await runJudge(judge, [script, model, ...photos])) as readonly Probabilities[];
}
