import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareArrays } from '@isometry/core';
import { findBeyondHalf, toFloat16 } from '@isometry/export';
import { decodeModel, encodeModel, floatTensor, type OnnxModel } from '@isometry/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';
import { judgedEmbedding } from './judged-embedding.ts';
import { valuesOf } from './onnx-session.ts';
import { buildPrecisionModel, pictures, SIDE } from './precision-model.ts';
import { openCpu, outputsOf } from './precision-variant.ts';

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'model-v1.onnx');
const JUDGE = join(import.meta.dirname, 'judge_model.py');
const HALVES = join(import.meta.dirname, 'judge_halves.py');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-float16-'));
});
afterAll(() => rm(folder, { recursive: true }));

function typeOf(model: OnnxModel, name: string): string | undefined {
  return model.graph.initializers.find((tensor) => tensor.name === name)?.dataType;
}

/** What makes each value, and what reads it. */
function castsOf({
  graph,
}: OnnxModel): readonly { readonly from: string | undefined; readonly to: readonly string[] }[] {
  const makers = new Map(
    graph.nodes.flatMap(({ opType, outputs }) =>
      outputs.map((output) => [output, opType] as const),
    ),
  );
  return graph.nodes
    .filter(({ opType }) => opType === 'Cast')
    .map(({ inputs, outputs }) => ({
      from: makers.get(inputs[0] as string),
      to: graph.nodes
        .filter((node) => node.inputs.includes(outputs[0] as string))
        .map(({ opType }) => opType),
    }));
}

/** What reads or gives the values of {@link loudModel}'s `left` that are beyond 65,504. */
const LOUD_NODES = ['left', 'left_relu', 'both', 'last'];

/** A branch gives hundreds of thousands, and the matrix behind makes them small again. */
function loudModel(): OnnxModel {
  const factors: Readonly<Record<string, number>> = { 'left/kernel': 5e4, 'last/kernel': 2e-5 };
  return buildPrecisionModel({
    change: (tensor) => {
      const factor = factors[tensor.name];
      if (factor === undefined) return tensor;
      const values = new Float32Array(tensor.data.slice().buffer);
      return floatTensor(
        tensor.name,
        tensor.dims,
        values.map((value) => value * factor),
      );
    },
  });
}

describe('toFloat16', () => {
  it.for(['cpu', 'wasm'] as const)('computes nearly the same on %s', async (provider) => {
    const model = decodeModel(await readFile(FIXTURE));
    const half = toFloat16(model);
    const { tensor } = pictures(8, 1, 64);
    const [expected, found] = [
      await outputsOf(model, tensor, provider),
      await outputsOf(half, tensor, provider),
    ];
    // Measured: embedding 0.0012 of its norm, probabilities 0.00034.
    const embedding = compareArrays(valuesOf(expected, 'embedding'), valuesOf(found, 'embedding'));
    expect(embedding.relativeL2).toBeLessThan(0.004);
    const probabilities = compareArrays(
      valuesOf(expected, 'probabilities'),
      valuesOf(found, 'probabilities'),
    );
    expect(probabilities.maxAbs).toBeLessThan(0.002);
    expect(probabilities.maxAbs).toBeGreaterThan(0);
    expect(encodeModel(half).length).toBeLessThan(0.55 * encodeModel(model).length);
  });

  it('keeps every node, value, input and output by its name and float32 outside', () => {
    const model = buildPrecisionModel();
    const half = toFloat16(model);
    const names = half.graph.nodes.map(({ name }) => name);
    expect(names.filter((name) => !/\/to-float(?:16|32)$/u.test(name))).toEqual(
      model.graph.nodes.map(({ name }) => name),
    );
    expect(new Set(names).size).toBe(names.length);
    expect(half.graph.inputs).toEqual(model.graph.inputs);
    expect(half.graph.outputs).toEqual(model.graph.outputs);
    expect(half.metadata).toEqual(model.metadata);
    expect(half.graph.valueInfo?.map(({ dataType }) => dataType)).toEqual(['float16', 'float32']);
  });

  it('leaves sums, norms and divisions in float32, and what float16 cannot hold', async () => {
    const model = buildPrecisionModel();
    const half = toFloat16(model);
    const types = (names: readonly string[]): readonly unknown[] =>
      names.map((name) => typeOf(half, name));
    const weights = ['loud/kernel', 'depthwise/bias', 'dense/kernel', 'pad/value', 'six'];
    expect(new Set(types(weights))).toEqual(new Set(['float16']));
    expect(types(['epsilon', 'temperature'])).toEqual(['float32', 'float32']);
    // Nothing over the epsilon is nothing, and not NaN.
    const silent = buildPrecisionModel({
      change: (tensor) =>
        tensor.name.startsWith('dense/') ? { ...tensor, data: tensor.data.map(() => 0) } : tensor,
    });
    const { embedding } = await outputsOf(toFloat16(silent), pictures(1, 2).tensor);
    expect([...(embedding?.data ?? [])]).toEqual(Array.from({ length: 16 }, () => 0));
  });

  it('puts one Cast where the types meet, none behind another', () => {
    const casts = castsOf(toFloat16(buildPrecisionModel()));
    expect(
      casts.filter(({ from, to }) => from === 'Cast' || to.includes('Cast') || to.length === 0),
    ).toEqual([]);
    // In, out to the mean, in to the first matrix, out to the norm and its division, in to the head, out to the temperature.
    expect(casts).toHaveLength(6);
  });

  it('leaves a node in float32 whose weights are too large, and nodes that are named', () => {
    const large = buildPrecisionModel({
      change: (tensor) =>
        tensor.name === 'left/bias'
          ? floatTensor(tensor.name, tensor.dims, new Float32Array(8).fill(65_520))
          : tensor,
    });
    const half = toFloat16(large, { keepFloat: ['right'] });
    expect(
      ['left/kernel', 'left/bias', 'right/kernel', 'last/kernel'].map((name) => typeOf(half, name)),
    ).toEqual(['float32', 'float32', 'float32', 'float16']);
  });

  it('leaves weights in float32 that are fewer than a thousandth of all', () => {
    const wide = buildPrecisionModel({
      change: (tensor) =>
        tensor.name === 'dense/kernel'
          ? floatTensor(tensor.name, [512, 160], new Float32Array(512 * 160))
          : tensor,
    });
    const half = toFloat16(wide);
    // 8 kernels of 9 weights, where 82,000 and 8,192 are the others; 216 are just enough.
    expect(
      ['depthwise/kernel', 'pointwise/kernel', 'loud/kernel', 'dense/kernel'].map((name) =>
        typeOf(half, name),
      ),
    ).toEqual(['float32', 'float32', 'float16', 'float16']);
  });

  it('keeps a constant in both types where both are read', async () => {
    const model = buildPrecisionModel();
    const nodes = model.graph.nodes.map((node) =>
      node.name === 'embedding/bounded'
        ? { ...node, inputs: [node.inputs[0] as string, 'epsilon', 'six'] }
        : node,
    );
    const shared = { ...model, graph: { ...model.graph, nodes } };
    const half = toFloat16(shared);
    expect([typeOf(half, 'six'), typeOf(half, 'six/float16')]).toEqual(['float32', 'float16']);
    const { tensor } = pictures(2, 3);
    const [expected, found] = [await outputsOf(shared, tensor), await outputsOf(half, tensor)];
    expect(
      compareArrays(valuesOf(expected, 'embedding'), valuesOf(found, 'embedding')).relativeL2,
    ).toBeLessThan(0.01);
  });

  it('finds the nodes whose values float16 does not hold, and none where it holds all', async () => {
    const { tensor } = pictures(2, 4);
    const open = (model: OnnxModel) => openCpu(encodeModel(model));
    expect(await findBeyondHalf(buildPrecisionModel(), [tensor], open)).toEqual([]);
    expect(await findBeyondHalf(loudModel(), [tensor], open)).toEqual(LOUD_NODES);
    const aborted = findBeyondHalf(loudModel(), [tensor], open, AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('refuses a model that is float16 already', () => {
    expect(() => toFloat16(toFloat16(buildPrecisionModel()))).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('Python', () => {
  it.for(['fixture', 'precision'])('accepts the float16 model: %s', async (name, { skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const isFixture = name === 'fixture';
    const model = isFixture ? decodeModel(await readFile(FIXTURE)) : buildPrecisionModel();
    const side = isFixture ? 64 : SIDE;
    const { tensor } = pictures(2, 4, side);
    const half = toFloat16(model);
    const theirs = await judgedEmbedding(half, tensor, folder, name);
    const own = valuesOf(await outputsOf(half, tensor), 'embedding');
    // Two versions of ONNX Runtime, each free where it rounds to float16 inside (measured: 4e-6).
    expect(compareArrays(own, theirs).relativeL2).toBeLessThan(1e-4);
  });

  // NumPy computes in float16 where the CPU provider of ONNX Runtime takes float32.
  it('gives numbers in real float16 arithmetic where values beyond it stay in float32', async ({
    skip,
  }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const model = loudModel();
    const { tensor } = pictures(2, 4);
    const input = join(folder, 'loud');
    await writeFile(input, tensor.data);
    const ask = async (keepFloat: readonly string[]): Promise<Float32Array> => {
      const path = join(folder, `loud-${keepFloat.length}.onnx`);
      await writeFile(path, encodeModel(toFloat16(model, { keepFloat })));
      const { outputs } = JSON.parse(
        await runJudge(JUDGE, ['reference', path, input, `2x3x${SIDE}x${SIDE}`]),
      ) as { outputs: Readonly<Record<string, { readonly data: string }>> };
      const data = outputs['embedding']?.data ?? '';
      return new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
    };
    expect((await ask([])).some(Number.isFinite)).toBe(false);
    const expected = valuesOf(await outputsOf(model, tensor), 'embedding');
    expect(compareArrays(expected, await ask(LOUD_NODES)).relativeL2).toBeLessThan(0.01);
  });

  it('has NumPy round the weights to the same bits', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const model = decodeModel(await readFile(FIXTURE));
    const [before, after] = [join(folder, 'before.onnx'), join(folder, 'after.onnx')];
    await writeFile(before, encodeModel(model));
    await writeFile(after, encodeModel(toFloat16(model)));
    const counts = JSON.parse(await runJudge(HALVES, [before, after])) as {
      halves: number;
      different: number;
    };
    expect(counts.different).toBe(0);
    expect(counts.halves).toBeGreaterThan(50);
  });
});
