import { wrapConverted } from '@isometry/export';
import { decodeModel, encodeModel } from '@isometry/onnx';
import type { LayersModel } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { L2Normalize } from './l2-normalize-layer.ts';
import { apply } from './mobilenet.ts';
import { build, features, graphOf, runBoth } from './stranger.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

describe('wrapConverted', () => {
  /** What tf2onnx makes: an input and outputs of its own names, a batch of another, nodes called like our outputs. */
  async function foreign(model: LayersModel): Promise<ReturnType<typeof decodeModel>> {
    const { model: built } = await build(model);
    const text: Readonly<Record<string, string>> = {
      pixel_values: 'image:0',
      embedding: 'StatefulPartitionedCall:0',
      logits: 'embedding',
      probabilities: 'Identity_1:0',
    };
    const rename = (name: string): string => text[name] ?? name;
    const { graph } = built;
    const aliases = new Set(['last_hidden_state', 'pooler_output']);
    const value = (one: (typeof graph.inputs)[number]): typeof one => ({
      ...one,
      name: rename(one.name),
      dims: [{ size: 'unk__688' }, ...(one.dims ?? []).slice(1)],
    });
    return decodeModel(
      encodeModel({
        ...built,
        producerName: 'tf2onnx',
        producerVersion: '1.17.0',
        opsets: [
          { domain: '', version: 17 },
          { domain: 'ai.onnx.ml', version: 3 },
        ],
        graph: {
          ...graph,
          nodes: graph.nodes
            .filter(({ outputs }) => !aliases.has(outputs[0] as string))
            .map((node) => ({
              ...node,
              inputs: node.inputs.map(rename),
              outputs: node.outputs.map(rename),
            })),
          inputs: graph.inputs.map(value),
          outputs: [graph.outputs[2], graph.outputs[0]].map((one) => value(one as never)),
        },
      }),
    );
  }

  it('gives another converter’s model the same input and outputs', async () => {
    const model = graphOf((x) => {
      const embedding = apply(new L2Normalize({ name: 'embedding' }), features(x));
      return [apply(layers.dense({ units: 4, name: 'logits' }), embedding), embedding];
    });
    const theirs = await foreign(model);
    const ours = await build(model, { temperature: 1.5 });
    for (const roles of [
      { embedding: 'StatefulPartitionedCall:0', logits: 'Identity_1:0' },
      { embedding: 'StatefulPartitionedCall:0' },
    ]) {
      const wrapped = wrapConverted(theirs, { ...roles, temperature: 1.5, labelCount: 4 });
      expect(wrapped).toMatchObject({ embeddingSize: 8, logitCount: 4, isNormalised: true });
      expect(wrapped.model).toMatchObject({ producerName: 'tf2onnx', opsets: theirs.opsets });
      expect(wrapped.model.graph.inputs).toEqual(ours.model.graph.inputs);
      expect(wrapped.model.graph.outputs).toEqual(ours.model.graph.outputs);
      // oxlint-disable-next-line no-await-in-loop
      const [a, b] = await Promise.all([runBoth(model, wrapped), runBoth(model, ours)]);
      expect(a.onnx).toEqual(b.onnx);
    }
  });

  it('refuses what it cannot read', async () => {
    const theirs = await foreign(graphOf((x) => apply(layers.dense({ units: 4 }), features(x))));
    expect(() => wrapConverted({ ...theirs, opsets: [{ domain: '', version: 12 }] })).toThrow(
      /opset is 12/u,
    );
    const open = theirs.graph.outputs.map((output) => ({ ...output, dims: [{ size: 'N' }, {}] }));
    expect(() => wrapConverted({ ...theirs, graph: { ...theirs.graph, outputs: open } })).toThrow(
      /the size of its value "Identity_1:0" is not known/u,
    );
    const inputs = [...theirs.graph.inputs, ...theirs.graph.outputs];
    expect(() => wrapConverted({ ...theirs, graph: { ...theirs.graph, inputs } })).toThrow(
      /exactly one input/u,
    );
  });
});
