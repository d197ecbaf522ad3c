// One measurement in a process of its own: `measure-export.ts KIND RUN OUT PYTHON` prints one JSON line.
//
//   tfjs              loads TensorFlow.js and the model and runs it once: what a user of tfjs pays anyway
//   export            the whole export, proof, canary and writing included
//   convert           reading, converting and writing the .onnx alone: no tfjs
//   export-tf2onnx    the whole export, converted by tf2onnx
//   convert-tf2onnx   the conversion by tf2onnx and writing its .onnx alone
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  buildClassifier,
  convertByTf2onnx,
  convertLayersModel,
  exportRun,
  readTfjsModel,
  wrapConverted,
} from '@isometry/export';
import { encodeModelPieces, type OnnxModel } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import { createSession } from '@isometry/runtime-node';
import { loadTfjs } from '@isometry/train';
import { watchDescendants } from './process-memory.ts';

const [kind = '', run = '', out = '', python = ''] = process.argv.slice(2);
const modelJson = join(run, 'model.json');

async function runOnce(): Promise<void> {
  const tf = await loadTfjs();
  const document = JSON.parse(await readFile(modelJson, 'utf8')) as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: never[] }[];
  };
  const groups = document.weightsManifest;
  const files = groups.flatMap(({ paths }) => paths.map((path) => readFile(join(run, path))));
  const weights = Buffer.concat(await Promise.all(files));
  const { buffer, byteOffset, byteLength } = weights;
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: document.modelTopology,
      weightSpecs: groups.flatMap((group) => group.weights),
      weightData: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer,
    }),
  );
  const [, height = 0, width = 0] = (model.inputs[0]?.shape ?? []).map(Number);
  const outputs = model.predict(tf.zeros([1, height, width, 3]));
  for (const output of [outputs].flat()) output.dataSync();
}

async function exportWith(converter: 'native' | 'tf2onnx'): Promise<void> {
  await exportRun(run, {
    out,
    loadTfjs,
    tf2onnx: converter === 'tf2onnx' ? { python } : undefined,
    decode: createImageDecoder(),
    createSession: (model) => createSession(model, { providers: ['cpu'] }),
  });
}

async function write(model: OnnxModel): Promise<void> {
  const path = join(out, 'model.onnx');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, encodeModelPieces(model));
}

const KINDS: Readonly<Record<string, () => Promise<void>>> = {
  tfjs: runOnce,
  export: () => exportWith('native'),
  convert: async () => {
    const graph = convertLayersModel(await readTfjsModel(modelJson));
    await write(buildClassifier(graph).model);
  },
  'export-tf2onnx': () => exportWith('tf2onnx'),
  'convert-tf2onnx': async () => {
    const { model } = await convertByTf2onnx(modelJson, { python });
    await write(wrapConverted(model).model);
  },
};

const work = KINDS[kind];
if (work === undefined) throw new TypeError(`${kind} is none of ${Object.keys(KINDS).join(', ')}`);
const before = process.resourceUsage().maxRSS * 1024;
const descendants = watchDescendants();
const started = performance.now();
await work();
const wallMs = performance.now() - started;
const childrenBytes = descendants.stop();
const ownBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ wallMs, peakBytes: ownBytes + childrenBytes, ownBytes, before }));
// Some of onnxruntime's and tfjs' threads hold the process.
process.exit(0);
