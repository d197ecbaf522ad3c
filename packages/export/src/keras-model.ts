import * as z from 'zod';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** The output of one call of a layer. */
export interface Connection {
  readonly layer: string;
  /** Which call of the layer, as the file counts. */
  readonly call: number;
  /** Which output of that call: more than 0 only behind a nested model. */
  readonly tensor: number;
}

/** One layer of a model, or a model inside it, as the file describes it. */
export interface LayerEntry {
  readonly name: string;
  /** The name in the layer's own configuration, by which its weights are called. */
  readonly ownName: string;
  readonly className: string;
  /** A record; a list for an old Sequential model. */
  readonly config: unknown;
  /** What feeds each call; none for an input. */
  readonly calls: readonly (readonly Connection[])[];
}

/** One model: a list of layers and how they are connected. */
export interface KerasModel {
  readonly layers: readonly LayerEntry[];
  /** Undefined for a Sequential model, whose layers are connected in their order. */
  readonly ends?: {
    readonly inputs: readonly Connection[];
    readonly outputs: readonly Connection[];
  };
}

/** The classes that are models of layers. */
export const MODEL_CLASSES: ReadonlySet<string> = new Set(['Model', 'Functional', 'Sequential']);

const count = z.int().min(0);
/** Each call of a layer carries its name. */
const layerName = z.string().min(1).max(512);
const connection = z.tuple([layerName, count, count], z.unknown());
const connections = z.array(connection);
/** Keras lists the calls; where a call has one plain input, some versions leave a pair of brackets out. */
const calls = z.array(z.union([connections, connection]));
const functional = z.object({
  layers: z.array(
    z.object({
      class_name: z.string(),
      name: layerName,
      config: z.unknown(),
      inbound_nodes: calls,
    }),
  ),
  input_layers: z.union([connections, connection]),
  output_layers: z.union([connections, connection]),
});
const stackEntry = z.object({ class_name: z.string(), config: z.unknown() });
/** Keras 2.2 and later give a Sequential model a name; before, its configuration was the list. */
const sequential = z.union([z.object({ layers: z.array(stackEntry) }), z.array(stackEntry)]);

/**
 * Reads a model's configuration, not those of the models inside it. `at` names it for the error.
 * @throws `RUN_INVALID`
 */
export function parseKerasModel(className: string, config: unknown, at: string): KerasModel {
  if (isKeras3(config)) {
    throw tfjsModelInvalid(
      'model.json',
      `${at} is in the format of Keras 3, which tfjs cannot load either: save it with Keras 2 (the package tf_keras)`,
    );
  }
  if (className === 'Sequential') {
    const result = z.safeParse(sequential, config);
    if (!result.success) throw misshapen(at, result.error);
    const entries = Array.isArray(result.data) ? result.data : result.data.layers;
    return { layers: entries.map((entry, index) => stackedLayer(entry, index)) };
  }
  const result = z.safeParse(functional, config);
  if (!result.success) throw misshapen(at, result.error);
  const { layers, input_layers: inputs, output_layers: outputs } = result.data;
  return {
    layers: layers.map((layer) => ({
      name: layer.name,
      ownName: nameIn(layer.config) ?? layer.name,
      className: layer.class_name,
      config: layer.config,
      calls: layer.inbound_nodes.map(toConnections),
    })),
    ends: { inputs: toConnections(inputs), outputs: toConnections(outputs) },
  };
}

/** Keras 3 writes a call as its arguments, and the size of an input under another name. */
function isKeras3(config: unknown): boolean {
  const layers = valueOf(config, 'layers');
  if (!Array.isArray(layers)) return false;
  return layers.some((layer: unknown) => {
    const nodes = valueOf(layer, 'inbound_nodes');
    const own = valueOf(layer, 'config');
    const isInput = valueOf(layer, 'class_name') === 'InputLayer';
    return (
      (Array.isArray(nodes) && valueOf(nodes[0], 'args') !== undefined) ||
      (isInput && valueOf(own, 'batch_shape') !== undefined && !valueOf(own, 'batch_input_shape'))
    );
  });
}

function valueOf(record: unknown, key: string): unknown {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, key))
    return undefined;
  return (record as Readonly<Record<string, unknown>>)[key];
}

function stackedLayer(
  { class_name: className, config }: z.infer<typeof stackEntry>,
  index: number,
): LayerEntry {
  const name = nameIn(config) ?? `${className.toLowerCase()}_${index}`;
  return { name, ownName: name, className, config, calls: [] };
}

function nameIn(config: unknown): string | undefined {
  const name = z.safeParse(layerName, valueOf(config, 'name'));
  return name.success ? name.data : undefined;
}

function toConnections(
  list: z.infer<typeof connections> | z.infer<typeof connection>,
): readonly Connection[] {
  const [first] = list;
  const all = (typeof first === 'string' ? [list] : list) as z.infer<typeof connections>;
  return all.map(([layer, call, tensor]) => ({ layer, call, tensor }));
}

function misshapen(at: string, error: z.ZodError): Error {
  const path = error.issues[0]?.path.join('.') ?? '';
  return tfjsModelInvalid(
    'model.json',
    `${at} is not a model of layers that tfjs reads (at "${path}")`,
    error,
  );
}
