import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportModel, type ExportModelOptions } from '@isometry/export';
import { decodeModel, encodeModel, readManifest } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCpuSession } from './onnx-session.ts';
import { CAFFE } from './pixel-choices.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/graph-models');
const ports = { decode: createImageDecoder(), createSession: openCpuSession };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-graph-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Options = Partial<ExportModelOptions> & Pick<ExportModelOptions, 'labels'>;

async function exported(name: string, options: Options) {
  const out = join(folder, `${name}.onnx`);
  const shared = { ...ports, name, pixels: CAFFE, out };
  await exportModel(join(FIXTURES, name, 'model.json'), { ...shared, ...options });
  return readManifest(await readFile(out));
}

const THREE = ['a', 'b', 'c'];
const models: readonly (readonly [string, Options, readonly string[], number])[] = [
  ['mobile', { labels: THREE }, ['embedding', 'logits', 'probabilities', 'Identity_1:0'], 16],
  ['mixed', { labels: [...THREE, 'd'] }, ['embedding', 'logits', 'probabilities'], 14],
  [
    'anysize',
    { labels: ['no', 'yes'], inputSize: { width: 30, height: 21 } },
    ['embedding', 'probabilities'],
    8,
  ],
];

describe('a graph model is exported as any other', () => {
  it.each(models)('%s', async (name, options, outputs, size) => {
    const { embedding, export: record } = await exported(name, options);
    expect(embedding.size).toBe(size);
    expect(record?.proof.reference).toMatch(/^tfjs 4/u);
    expect(Object.keys(record?.proof.outputs ?? {})).toEqual(outputs);
    expect(record?.proof.argmaxAgreement).toEqual({ agreed: 3, total: 3 });
  });

  it('and refused where an operation is wrong, which is named', async () => {
    const operation = 'StatefulPartitionedCall/model/conv2d_1/Relu';
    const createSession: typeof openCpuSession = (file) => {
      const { graph, ...model } = decodeModel(file);
      const kernel = graph.nodes.find(
        ({ name, opType }) => opType === 'Conv' && name.startsWith(operation),
      )?.inputs[1];
      const initializers = graph.initializers.map((tensor) =>
        tensor.name === kernel ? { ...tensor, data: rotated(tensor.data) } : tensor,
      );
      return openCpuSession(encodeModel({ ...model, graph: { ...graph, initializers } }));
    };
    const [, options] = models[2]!;
    await expect(exported('anysize', { ...options, createSession })).rejects.toMatchObject({
      code: 'EXPORT_MISMATCH',
      message: expect.stringContaining(`"${operation}" (_FusedConv2D)`) as string,
    });
  });

  it('and asks for the size of its images where it leaves that open', async () => {
    await expect(exported('anysize', { labels: ['no', 'yes'] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      hint: expect.stringContaining('--input-size') as string,
    });
  });
});

/** Float32 values, each in the place of the one before. */
function rotated(data: Uint8Array): Uint8Array {
  return Uint8Array.from(data, (_, index) => data[(index + 4) % data.length] as number);
}
