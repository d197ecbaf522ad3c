import { describe, expect, it } from 'vitest';
import { parseTopology } from './topology.ts';

type Connection = string | readonly [layer: string, call: number, tensor: number];

function layer(name: string, ...calls: readonly (readonly Connection[])[]): unknown {
  return {
    class_name: calls.length === 0 ? 'InputLayer' : 'Add',
    name,
    config: { name },
    inbound_nodes: calls.map((call) => call.map(connect)),
  };
}

function connect(connection: Connection): readonly unknown[] {
  return typeof connection === 'string' ? [connection, 0, 0, {}] : [...connection, {}];
}

function config(
  layers: readonly unknown[],
  outputs: readonly Connection[] = ['c'],
  inputs: readonly Connection[] = ['a'],
): Readonly<Record<string, unknown>> {
  return {
    layers,
    input_layers: inputs.map((input) => connect(input).slice(0, 3)),
    output_layers: outputs.map((output) => connect(output).slice(0, 3)),
  };
}

function model(...layers: readonly unknown[]): unknown {
  return { class_name: 'Functional', config: config(layers) };
}

function inside(name: string, own: unknown, ...calls: readonly (readonly Connection[])[]): unknown {
  return {
    class_name:
      Array.isArray((own as { layers?: unknown }).layers) && 'input_layers' in (own as object)
        ? 'Model'
        : 'Sequential',
    name,
    config: own,
    inbound_nodes: calls.map((call) => call.map(connect)),
  };
}

/** Every call as `name:call(inputs)`. */
function summary(value: unknown): { calls: string[]; inputs: string[]; outputs: string[] } {
  const { calls, inputs, outputs } = parseTopology(value);
  const name = (index: number): string => `${calls[index]?.name}:${calls[index]?.call}`;
  return {
    calls: calls.map((call, index) => `${name(index)}(${call.inputs.map(name).join(' ')})`),
    inputs: inputs.map((end) => name(end.call)),
    outputs: outputs.map((end) => `${end.name}=${name(end.call)}`),
  };
}

const sorted = model(layer('a'), layer('b', ['a']), layer('c', ['a', 'b']));
const unsorted = model(layer('c', ['a', 'b']), layer('b', ['a']), layer('a'));
const relu = { class_name: 'ReLU', config: { name: 'r' } };
const dense = { class_name: 'Dense', config: { name: 'd', batch_input_shape: [null, 2, 2, 3] } };

describe('parseTopology', () => {
  it.each([
    ['as tfjs writes it', sorted],
    ['in any order', unsorted],
    ['as the converter from Keras wraps it', { keras_version: '2', model_config: sorted }],
  ])('reads a model %s', (_name, value) => {
    expect(summary(value)).toEqual({
      calls: ['a:0()', 'b:0(a:0)', 'c:0(a:0 b:0)'],
      inputs: ['a:0'],
      outputs: ['c=c:0'],
    });
  });

  it('reads single connections without their outer brackets', () => {
    const flat = {
      class_name: 'Functional',
      config: {
        layers: [
          layer('a'),
          {
            class_name: 'ReLU',
            name: 'c',
            config: { name: 'c' },
            inbound_nodes: [['a', 0, 0, {}]],
          },
        ],
        input_layers: ['a', 0, 0],
        output_layers: ['c', 0, 0],
      },
    };
    expect(summary(flat)).toEqual({
      calls: ['a:0()', 'c:0(a:0)'],
      inputs: ['a:0'],
      outputs: ['c=c:0'],
    });
  });

  it('reads a stack, by its list too, with the input that it leaves out', () => {
    const expected = {
      calls: ['d_input:0()', 'd:0(d_input:0)', 'r:0(d:0)'],
      inputs: ['d_input:0'],
      outputs: ['r=r:0'],
    };
    const layers = [dense, relu];
    expect(summary({ class_name: 'Sequential', config: { name: 's', layers } })).toEqual(expected);
    expect(summary({ class_name: 'Sequential', config: layers })).toEqual(expected);
    const [input] = parseTopology({ class_name: 'Sequential', config: layers }).calls;
    expect(input?.config).toEqual({ name: 'd_input', batch_input_shape: [null, 2, 2, 3] });
  });

  it('keeps the order of calls of a layer that is shared', () => {
    // The second call of `b` depends on `x`, which depends on the first.
    const shared = model(
      layer('a'),
      layer('b', ['a'], ['x']),
      layer('x', ['b']),
      layer('c', ['b', ['b', 1, 0]]),
    );
    expect(summary(shared).calls).toEqual([
      'a:0()',
      'b:0(a:0)',
      'x:0(b:0)',
      'b:1(x:0)',
      'c:0(b:0 b:1)',
    ]);
  });

  it('numbers the calls of a shared layer as the file does, also where the second comes first', () => {
    // `b` stands before `s` and needs its second call.
    const early = model(
      layer('a'),
      layer('b', [['s', 1, 0]]),
      layer('s', ['a'], ['a']),
      layer('c', ['b', ['s', 0, 0]]),
    );
    expect(summary(early).calls).toEqual([
      'a:0()',
      's:1(a:0)',
      'b:0(s:1)',
      's:0(a:0)',
      'c:0(b:0 s:0)',
    ]);
  });

  it('lays out a model that is called twice and has two outputs', () => {
    const two = config([layer('i'), layer('p', ['i']), layer('q', ['p'])], ['q', 'p'], ['i']);
    const whole = {
      class_name: 'Functional',
      config: config(
        [
          layer('a'),
          layer('b', ['a']),
          // tfjs counts the calls of a model from 1.
          inside('m', two, ['a'], ['b']),
          layer('c', [
            ['m', 1, 0],
            ['m', 1, 1],
            ['m', 2, 1],
          ]),
        ],
        ['c', ['m', 2, 0]],
      ),
    };
    expect(summary(whole)).toEqual({
      calls: [
        'a:0()',
        'b:0(a:0)',
        'm/p:0(a:0)',
        'm/q:0(m/p:0)',
        'm/p:1(b:0)',
        'm/q:1(m/p:1)',
        'c:0(m/q:0 m/p:0 m/p:1)',
      ],
      inputs: ['a:0'],
      outputs: ['c=c:0', 'm/q=m/q:1'],
    });
  });

  it('lays out models in models, and counts calls from 0 where Keras does', () => {
    const inner = { layers: [dense, relu] };
    const outer = config([layer('i'), inside('s', inner, ['i'])], [['s', 0, 0]], ['i']);
    const stack = {
      class_name: 'Sequential',
      config: [inside('f', { name: 'f', ...outer }), { class_name: 'ReLU', config: { name: 'z' } }],
    };
    expect(summary(stack)).toEqual({
      calls: ['f/i:0()', 'f/s/d:0(f/i:0)', 'f/s/r:0(f/s/d:0)', 'z:0(f/s/r:0)'],
      inputs: ['f/i:0'],
      outputs: ['z=z:0'],
    });
    expect(parseTopology(stack).calls.map(({ path }) => path.join('/'))).toEqual([
      'f/i',
      'f/s/d',
      'f/s/r',
      'z',
    ]);
  });

  it('orders a chain that is longer than recursion bears', () => {
    const names = Array.from({ length: 9000 }, (_, index) => `n${index}`);
    const chain = names.map((name, index) => layer(name, [index === 0 ? 'a' : `n${index - 1}`]));
    const long = {
      class_name: 'Model',
      config: config([...chain.reverse(), layer('a')], [names.at(-1) as string]),
    };
    expect(parseTopology(long).calls.map(({ name }) => name)).toEqual(['a', ...names]);
  });

  /** A model that calls the one inside it twice, and so on. */
  function doubling(levels: number): unknown {
    let own = config([layer('i'), layer('x', ['i'])], ['x'], ['i']);
    for (let level = 0; level < levels; level++) {
      own = config([layer('i'), inside('m', own, ['i'], [['m', 1, 0]])], [['m', 2, 0]], ['i']);
    }
    return { class_name: 'Model', config: own };
  }

  it('bounds what models in models multiply to', () => {
    expect(parseTopology(doubling(8)).calls).toHaveLength(2 ** 8 + 1);
    expect(() => parseTopology(doubling(15))).toThrow(/more than 30000 calls/u);
    expect(() => parseTopology(doubling(17))).toThrow(/16 deep/u);
  });

  const keras3Call = {
    class_name: 'ReLU',
    name: 'c',
    config: {},
    inbound_nodes: [{ args: [], kwargs: {} }],
  };
  const keras3Input = {
    class_name: 'InputLayer',
    config: { name: 'i', batch_shape: [null, 2, 2, 3] },
  };

  it.each([
    ['nothing', undefined, /no Functional or Sequential layers model/u],
    ['another class', { class_name: 'Mine', config: {} }, /but a Mine/u],
    ['a list for a graph', { class_name: 'Model', config: [] }, /not a model of layers/u],
    ['an empty stack', { class_name: 'Sequential', config: [] }, /without layers/u],
    ['a circle', model(layer('a'), layer('b', ['c']), layer('c', ['b'])), /in a circle: "b", "c"/u],
    ['a circle of one', model(layer('a'), layer('c', ['c'])), /in a circle: "c"/u],
    [
      'a layer that nothing feeds',
      model(layer('a'), { class_name: 'Add', name: 'c', config: {}, inbound_nodes: [] }),
      /"c" is unconnected/u,
    ],
    [
      'a layer that is fed by nothing',
      model(layer('a'), layer('c', ['x'])),
      /layer "x", which there is not/u,
    ],
    [
      'a call that is not made',
      model(layer('a'), layer('b', ['a']), layer('c', [['b', 1, 0]])),
      /call 1 of layer "b"/u,
    ],
    [
      'an output that is not there',
      model(layer('a'), layer('c', [['a', 0, 1]])),
      /"a" of its topology has no output 1/u,
    ],
    [
      'two layers of one name',
      model(layer('a'), layer('c', ['a']), layer('c', ['a'])),
      /two layers are called "c"/u,
    ],
    [
      'a layer without configuration',
      model(layer('a'), {
        class_name: 'ReLU',
        name: 'c',
        config: 1,
        inbound_nodes: [[['a', 0, 0]]],
      }),
      /"c" has no configuration/u,
    ],
    [
      'a model with the wrong number of inputs',
      model(
        layer('a'),
        inside('c', config([layer('i'), layer('j'), layer('k', ['i', 'j'])], ['k'], ['i', 'j']), [
          'a',
        ]),
      ),
      /model "c" has 2 inputs and is given 1/u,
    ],
    ['Keras 3, a call', model(layer('a'), keras3Call), /Keras 3/u],
    [
      'Keras 3, an input',
      { class_name: 'Sequential', config: { layers: [keras3Input] } },
      /Keras 3/u,
    ],
    ['a name of nothing', model(layer('a'), layer('', ['a'])), /not a model of layers/u],
    [
      'a name of 513 letters',
      model(layer('a'), layer('c'.repeat(513), ['a'])),
      /not a model of layers/u,
    ],
  ])('refuses %s', (_name, value, message) => {
    expect(() => parseTopology(value)).toThrow(
      expect.objectContaining({ code: 'RUN_INVALID', message: expect.stringMatching(message) }),
    );
  });
});
