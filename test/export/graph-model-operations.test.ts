import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertGraphModel, SUPPORTED_OPERATIONS } from '@isometry/export';
import { encodeModel } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';
import { graphModelCases } from './graph-model-cases.ts';
import { IMAGE, type Build } from './graph-model-pieces.ts';
import { differenceFromTfjs, HandMadeGraph, modelOf, openGraph } from './graph-model.ts';

const JUDGE = join(import.meta.dirname, 'judge_folder.py');

const converted = new Set<string>();

describe.each(Object.entries(graphModelCases))('%s', (_name, build) => {
  it('equals tfjs', async () => {
    const graph = new HandMadeGraph();
    const outputs = [build(graph, graph.image(IMAGE))].flat();
    graph.signature = {
      outputs: Object.fromEntries(outputs.map((name) => [name, { name }])),
    };
    for (const { op } of graph.nodes) converted.add(op);
    const open = await openGraph(graph.file);
    const difference = await differenceFromTfjs(graph.file, open);
    await open.session.close();
    // A few float32 operations on at most 315 values; tfjs' Erf is a polynomial that is right to 1.5e-7.
    expect(difference).toBeLessThan(2e-6);
  });
});

describe('what classifiers are made of', () => {
  it.each([
    'Conv2D SAME, stride 2',
    'Pad before a convolution',
    'Reshape to a vector before MatMul',
    'Reshape by shape arithmetic: the batch taken out of Shape',
    'Reshape of a vector to one pixel and back',
    'a Dense layer on a feature map: rows of pixels',
    'a Dense layer on a feature map: Tensordot as Keras writes it',
    'ExpandDims of a vector, twice',
    'ConcatV2 of channels',
    'StridedSlice: a crop',
    'Mean over the channels: a layer norm',
    'Max of rows and columns',
    'Sum of a flattened vector: an L2 norm',
    'Squeeze of one pixel',
    'hard swish',
    'ResizeBilinear to 20 x 10, half_pixel_centers',
  ])('moves no data: %s', async (name) => {
    const graph = new HandMadeGraph();
    (graphModelCases[name] as Build)(graph, graph.image(IMAGE));
    const { nodes, session } = await openGraph(graph.file);
    await session.close();
    expect(nodes.map(({ opType }) => opType)).not.toContain('Transpose');
  });
});

describe('the cases', () => {
  it('cover every supported operation, but for those that are refused', () => {
    const refused = new Set(['ArgMax', 'ArgMin']);
    const missing = SUPPORTED_OPERATIONS.filter((op) => !converted.has(op) && !refused.has(op));
    expect(missing).toEqual([]);
  });
});

describe('the table in docs/export.md', () => {
  it('has every supported operation', () => {
    const text = readFileSync(new URL('../../docs/export.md', import.meta.url), 'utf8');
    const section = text.split('\n## ').find((part) => part.startsWith('Graph models')) ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => row.split('|')[1]?.match(/\w+/gu) ?? []);
    const written = SUPPORTED_OPERATIONS.filter((op) => !op.startsWith('Arg'));
    expect(named.toSorted()).toEqual(written.toSorted());
  });
});

describe('onnx’s checker', () => {
  it('takes every graph, and infers all its shapes', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const folder = await mkdtemp(join(tmpdir(), 'isometry-graphs-'));
    const names = Object.keys(graphModelCases);
    try {
      for (const [index, build] of Object.values(graphModelCases).entries()) {
        const graph = new HandMadeGraph();
        build(graph, graph.image(IMAGE));
        const model = modelOf(convertGraphModel(graph.file));
        await writeFile(join(folder, `${index}.onnx`), encodeModel(model));
      }
      const answer = JSON.parse(await runJudge(JUDGE, [folder])) as Record<string, string[]>;
      const wrong = names.flatMap((name, index) => {
        const problems = answer[`${index}.onnx`] ?? ['not judged'];
        return problems.length > 0 ? [{ name, problems }] : [];
      });
      expect(wrong).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
