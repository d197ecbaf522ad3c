import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isIsometryError, type IsometryError } from '@isometry/core';
import { exportRun, type ExportImage, type ExportImages } from '@isometry/export';
import {
  decodeModel,
  encodeModel,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
} from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomiseWeights } from './layers-model.ts';
import { buildMobileNet } from './mobilenet.ts';
import { openCpuSession } from './onnx-session.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const SIDE = 33;
const ports = { decode: createImageDecoder(), createSession: openCpuSession };
let folder: string;
let run: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-proof-'));
  run = join(folder, 'run');
  const model = buildMobileNet({ side: SIDE, normalise: true });
  randomiseWeights(model, 5);
  await writeRun(run, model, draftFor(SIDE, true));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the proof of an export', () => {
  it('stands in the manifest', async () => {
    const { manifest } = await exportRun(run, { ...ports, out: join(folder, 'whole.onnx') });
    const { proof, ...record } = manifest.export!;
    expect(record).toEqual({
      converter: { name: 'native', version: manifest.export!.converter.version },
      precision: 'fp32',
      variant: null,
    });
    expect(proof.reference).toMatch(/^tfjs 4\.\d+\.\d+ \(cpu\)$/u);
    // Without images, the canary is the only one.
    expect(proof.inputs).toEqual({ images: 1, random: 2 });
    expect(proof.argmaxAgreement).toEqual({ agreed: 3, total: 3 });
    expect(Object.keys(proof.outputs)).toEqual(['embedding', 'logits']);
    for (const { maxAbs, meanAbs, bound } of Object.values(proof.outputs)) {
      expect(bound).toBeGreaterThan(1e-5);
      // Measured: 3e-7; two engines that add in another order are never equal to the bit.
      expect(maxAbs).toBeLessThan(bound / 20);
      expect(meanAbs).toBeGreaterThan(0);
      expect(meanAbs).toBeLessThan(maxAbs);
    }
  });

  it('takes images that are given, and passes over one that cannot be read', async () => {
    const jpeg = await sharp({ create: { width: 9, height: 7, channels: 3, background: '#c35' } })
      .jpeg()
      .toBuffer();
    const image = (id: string, bytes: Uint8Array): ExportImage => ({
      id,
      read: () => Promise.resolve(bytes),
    });
    const images = (test: readonly ExportImage[]): ExportImages => ({
      calibration: [],
      validation: [],
      test,
      testName: 'test',
    });
    const proofOf = async (test: readonly ExportImage[]) => {
      const out = join(folder, 'with-images.onnx');
      const { manifest } = await exportRun(run, { ...ports, out, images: images(test) });
      return manifest.export?.proof.inputs;
    };
    expect(await proofOf([image('good', jpeg)])).toEqual({ images: 2, random: 2 });
    expect(await proofOf([image('bad', jpeg.subarray(0, 50))])).toEqual({ images: 1, random: 2 });
  });
});

/**
 * Something that a converter could get wrong, done to the file before ONNX Runtime opens it. What is not in the graph whose
 * layers are looked at one by one, such as a folded bias, went wrong in the folding.
 */
type Fault = (model: OnnxModel) => OnnxModel;

const FAULTS: Readonly<Record<string, readonly [fault: Fault, layer: RegExp]>> = {
  'a kernel off by a hundredth': [scaled('conv_pw_4', 1, 1.01), /"conv_pw_4" \(Conv2D\)/u],
  'a bias that is missing': [scaled('conv_dw_2', 2, 0), /"conv_dw_2_bn"/u],
  'a padding on the other side': [
    changed('conv_dw_6', 'pads', (pads) => [...pads.slice(2), ...pads.slice(0, 2)]),
    /"conv_dw_6_bn"/u,
  ],
  'rows taken for columns': [turned('conv_dw_3'), /"conv_dw_3" \(DepthwiseConv2D\)/u],
  'an activation without its ceiling': [unclipped('conv_pw_1_relu'), /"conv_pw_1_relu"/u],
  'a dense kernel by columns': [transposed('embedding_dense'), /"embedding_dense"/u],
  'a bias of the classes': [scaled('logits', 2, 2), /"logits"/u],
};

describe('an exported file that is wrong', () => {
  it.each(Object.entries(FAULTS))('by %s is refused, and the layer named', async (_, expected) => {
    const [fault, layer] = expected;
    const error = await failure((model) => openCpuSession(encodeModel(fault(decodeModel(model)))));
    expect(error.code).toBe('EXPORT_MISMATCH');
    expect(error.message).toMatch(/The first layer that differs is/u);
    expect(error.message).toMatch(layer);
    expect(error.hint).toContain('--converter tf2onnx');
    expect(error.details['proof']).toMatchObject({ inputs: { images: 1, random: 2 } });
  });

  it('by one image of a batch leaking into the next is refused', async () => {
    const error = await failure(async (model) => {
      const session = await openCpuSession(model);
      return {
        ...session,
        run: async (feeds, outputs) => {
          const answer = await session.run(feeds, outputs);
          const { data, dims } = answer['embedding'] ?? { data: new Float32Array(), dims: [0] };
          const size = data.length / (dims[0] ?? 1);
          if (data.length > size) data.copyWithin(size, 0, size);
          return answer;
        },
      };
    });
    expect(error.code).toBe('EXPORT_MISMATCH');
    expect(error.message).toMatch(/No single layer stands out/u);
  });
});

async function failure(createSession: typeof openCpuSession): Promise<IsometryError> {
  const place = await mkdtemp(join(folder, 'refused-'));
  const out = join(place, 'never', 'model.onnx');
  const error: unknown = await exportRun(run, { ...ports, out, createSession }).catch(
    (caught: unknown) => caught,
  );
  expect(await readdir(place)).toEqual([]);
  if (!isIsometryError(error)) throw new TypeError('no coded error', { cause: error });
  return error;
}

function edited(model: OnnxModel, name: string, edit: (node: OnnxNode) => OnnxNode): OnnxModel {
  const nodes = model.graph.nodes.map((node) => (node.name === name ? edit(node) : node));
  return { ...model, graph: { ...model.graph, nodes } };
}

function changed(
  name: string,
  attribute: string,
  change: (ints: readonly number[]) => readonly number[],
): Fault {
  const edit = (own: OnnxAttribute): OnnxAttribute =>
    own.name === attribute && own.type === 'ints' ? { ...own, value: change(own.value) } : own;
  return (model) =>
    edited(model, name, (node) => ({ ...node, attributes: node.attributes?.map(edit) ?? [] }));
}

/** The bounds of a Clip that is at most 6 no longer. */
function unclipped(name: string): Fault {
  return (model) => edited(model, name, (node) => ({ ...node, inputs: node.inputs.slice(0, 2) }));
}

function withConstant(
  name: string,
  input: number,
  change: (values: Float32Array, dims: readonly number[]) => Float32Array,
): Fault {
  return (model) => {
    const constant = model.graph.nodes.find((node) => node.name === name)?.inputs[input];
    const initializers = model.graph.initializers.map((tensor) => {
      if (tensor.name !== constant) return tensor;
      const values = new Float32Array(tensor.data.slice().buffer);
      return { ...tensor, data: new Uint8Array(change(values, tensor.dims).buffer) };
    });
    return { ...model, graph: { ...model.graph, initializers } };
  };
}

function scaled(name: string, input: number, factor: number): Fault {
  return withConstant(name, input, (values) => values.map((value) => value * factor));
}

function transposed(name: string): Fault {
  return withConstant(name, 1, (values, [rows = 1, columns = 1]) =>
    Float32Array.from(
      values,
      (_, index) => values[(index % rows) * columns + Math.floor(index / rows)] as number,
    ),
  );
}

/** Each 3 x 3 kernel by columns. */
function turned(name: string): Fault {
  return withConstant(name, 1, (values) =>
    values.map((_, index) => {
      const tap = index % 9;
      return values[index - tap + (tap % 3) * 3 + Math.floor(tap / 3)] as number;
    }),
  );
}
