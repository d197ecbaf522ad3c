import { describe, expect, it } from 'vitest';
import { parseTopology } from './topology.ts';

function layer(name: string, ...inputs: readonly string[]): unknown {
  const call = inputs.map((input) => [input, 0, 0, {}]);
  return {
    class_name: inputs.length === 0 ? 'InputLayer' : 'Add',
    name,
    config: { name },
    inbound_nodes: inputs.length === 0 ? [] : [call],
  };
}

function model(...layers: readonly unknown[]): unknown {
  const config = { layers, input_layers: [['a', 0, 0]], output_layers: [['c', 0, 0]] };
  return { class_name: 'Functional', config };
}

const sorted = model(layer('a'), layer('b', 'a'), layer('c', 'a', 'b'));
const unsorted = model(layer('c', 'a', 'b'), layer('b', 'a'), layer('a'));

describe('parseTopology', () => {
  it.each([
    ['as tfjs writes it', sorted],
    ['in any order', unsorted],
    ['as the converter from Keras wraps it', { keras_version: '2', model_config: sorted }],
  ])('reads a model %s', (_name, value) => {
    const { layers, inputs, outputs } = parseTopology(value);
    expect(layers.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(layers.at(-1)?.inputs).toEqual(['a', 'b']);
    expect([inputs, outputs]).toEqual([['a'], ['c']]);
  });

  it.each([
    ['nothing', undefined, /not a functional tfjs layers model/u],
    ['a sequential model', { class_name: 'Sequential', config: [] }, /not a functional/u],
    ['a circle', model(layer('a'), layer('b', 'c'), layer('c', 'b')), /in a circle: "b", "c"/u],
    ['a layer that nothing feeds', model(layer('a'), layer('c', 'x')), /unconnected .*"c"/u],
    ['two layers of one name', model(layer('a'), layer('c', 'a'), layer('c', 'a')), /doubled/u],
  ])('refuses %s', (_name, value, message) => {
    expect(() => parseTopology(value)).toThrow(
      expect.objectContaining({ code: 'RUN_INVALID', message: expect.stringMatching(message) }),
    );
  });
});
