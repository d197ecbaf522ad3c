import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Tensor } from '@isometry/core';
import { quantizeInt8, toFloat16 } from '@isometry/export';
import { decodeModel, encodeModel } from '@isometry/onnx';
import { createSession } from '@isometry/runtime-node';
import type { LabelledImages } from './labelled-images.ts';

/** The calibration methods of quantize_static that know ranges on two sides. */
const PEER_METHODS = ['MinMax', 'Percentile', 'Entropy'] as const;

const STATIC = fileURLToPath(new URL('quantize_static.py', import.meta.url));

/** A model to be measured. */
export interface Variant {
  readonly name: string;
  readonly path: string;
  /** E.g. the method and the nodes left in float32. */
  readonly note: string;
}

export interface MakeVariantsOptions {
  readonly images: LabelledImages;
  readonly calibrationImages: number;
  /** Where files are kept; those that are there are not made again. */
  readonly out: string;
  /** The judges' Python, or nothing for no peer. */
  readonly python: string | undefined;
  readonly say: (line: string) => void;
}

/** Makes ours, fp16 and int8, and the peer's by each of its methods, on the same calibration images. */
export async function makeVariants(
  model: string,
  options: MakeVariantsOptions,
): Promise<{ readonly ours: readonly Variant[]; readonly peers: readonly Variant[] }> {
  const half = join(options.out, 'fp16.onnx');
  if (!existsSync(half)) {
    await writeFile(half, encodeModel(toFloat16(decodeModel(await readFile(model)))));
  }
  const fp32 = { name: 'fp32', path: model, note: '' };
  const fp16 = { name: 'fp16', path: half, note: '' };
  return {
    ours: [fp32, fp16, await makeInt8(model, options)],
    peers: await makePeers(model, options),
  };
}

async function makeInt8(
  model: string,
  { images, calibrationImages, out, say }: MakeVariantsOptions,
): Promise<Variant> {
  const path = join(out, 'int8.onnx');
  const notePath = join(out, 'int8.json');
  if (!existsSync(notePath)) {
    say('int8, ours');
    const quantised = await quantizeInt8(decodeModel(await readFile(model)), {
      createSession: (bytes) => createSession(bytes, { providers: ['cpu'] }),
      calibration: () => images.batches(images.rowsOf('train', calibrationImages)),
      validation: [...images.batches(images.rowsOf('validation'))],
    });
    await writeFile(path, encodeModel(quantised.model));
    await writeFile(notePath, JSON.stringify(quantised.report));
  }
  const { calibration, keptFloat } = JSON.parse(await readFile(notePath, 'utf8')) as {
    calibration: { method: string };
    keptFloat: readonly string[];
  };
  return { name: 'int8', path, note: `${calibration.method}; in float32: ${keptFloat.join(', ')}` };
}

async function makePeers(
  model: string,
  { images, calibrationImages, out, python, say }: MakeVariantsOptions,
): Promise<readonly Variant[]> {
  if (python === undefined) return [];
  const batches = [...images.batches(images.rowsOf('train', calibrationImages))];
  const [, ...size] = batches[0]?.tensor.dims ?? [];
  const input = join(out, 'calibration.bin');
  const shape = [calibrationImages, ...size].join('x');
  const version = ['-c', 'import onnxruntime; print(onnxruntime.__version__)'];
  const { stdout } = await promisify(execFile)(python, version);
  const peers: Variant[] = [];
  for (const method of PEER_METHODS) {
    const path = join(out, `static-${method}.onnx`);
    const failed = join(out, `static-${method}.failed`);
    if (!existsSync(path) && !existsSync(failed)) {
      say(`int8, quantize_static ${method}`);
      await writeFile(input, joinTensors(batches.map(({ tensor }) => tensor)));
      try {
        await promisify(execFile)(python, [STATIC, model, input, shape, method, `${path}.part`]);
        await rename(`${path}.part`, path);
      } catch (error) {
        // It has failures of its own: the others are compared.
        await writeFile(failed, String(error));
      }
    }
    if (existsSync(path))
      peers.push({ name: `quantize_static ${method}`, path, note: `onnxruntime ${stdout.trim()}` });
    else
      say(
        `quantize_static ${method} failed: ${(await readFile(failed, 'utf8')).trim().split('\n').at(-1) ?? ''}`,
      );
  }
  return peers;
}

function joinTensors(tensors: readonly Tensor[]): Uint8Array {
  return Buffer.concat(
    tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}
