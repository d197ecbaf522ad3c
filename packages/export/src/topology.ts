import * as z from 'zod';
import { runInvalid } from './run-invalid.ts';

/** One layer of a tfjs model, and what feeds it. */
export interface LayerSpec {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The names of the layers that feed it; empty for an input. */
  readonly inputs: readonly string[];
  /** How often the model calls it; more than once when it is shared. */
  readonly calls: number;
}

/** A tfjs functional model. */
export interface Topology {
  /** Every layer behind those that feed it. */
  readonly layers: readonly LayerSpec[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const connection = z.tuple([z.string(), z.literal(0), z.literal(0)], z.unknown());
const endpoints = z.array(connection);

const model = z.object({
  class_name: z.enum(['Model', 'Functional']),
  config: z.object({
    layers: z.array(
      z.object({
        class_name: z.string(),
        name: z.string(),
        config: z.record(z.string(), z.unknown()),
        inbound_nodes: z.array(endpoints),
      }),
    ),
    input_layers: endpoints,
    output_layers: endpoints,
  }),
});

/** tfjs writes the model itself, its converter from Keras wraps it in `model_config`. */
const schema = z.union([model, z.object({ model_config: model })]);

/**
 * Reads the `modelTopology` of a tfjs layers model.
 * @throws `RUN_INVALID` when it is not a functional model whose layers have one output each
 */
export function parseTopology(value: unknown): Topology {
  const result = z.safeParse(schema, value);
  if (!result.success) {
    throw runInvalid(
      'model.json',
      'its topology is not a functional tfjs layers model',
      result.error,
    );
  }
  const { config } = 'model_config' in result.data ? result.data.model_config : result.data;
  const layers = config.layers.map((layer) => ({
    name: layer.name,
    className: layer.class_name,
    config: layer.config,
    inputs: layer.inbound_nodes.flatMap((call) => call.map(([name]) => name)),
    calls: Math.max(1, layer.inbound_nodes.length),
  }));
  return {
    layers: sortLayers(layers),
    inputs: config.input_layers.map(([name]) => name),
    outputs: config.output_layers.map(([name]) => name),
  };
}

function sortLayers(layers: readonly LayerSpec[]): readonly LayerSpec[] {
  const sorted = new Map<string, LayerSpec>();
  let waiting = layers;
  while (waiting.length > 0) {
    const before = sorted.size;
    for (const layer of waiting) {
      if (layer.inputs.every((name) => sorted.has(name))) sorted.set(layer.name, layer);
    }
    waiting = waiting.filter((layer) => sorted.get(layer.name) !== layer);
    if (sorted.size === before) {
      const names = waiting.map(({ name }) => `"${name}"`).join(', ');
      throw runInvalid('model.json', `layers are doubled, unconnected or in a circle: ${names}`);
    }
  }
  return [...sorted.values()];
}
