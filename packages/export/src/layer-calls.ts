import { MODEL_CLASSES, type Connection, type KerasModel, type LayerEntry } from './keras-model.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** A value inside one model. */
export interface CallOutput {
  /** A place in the model's list of calls. */
  readonly call: number;
  /** Which output of that call: more than 0 only behind a model inside. */
  readonly output: number;
}

/** One call of a layer, or of a model inside. */
export interface ModelCall {
  readonly layer: LayerEntry;
  /** Which call of the layer, as the file lists them, from 0. */
  readonly call: number;
  /** What feeds it. Undefined for a model that stands first in a stack: what feeds the stack feeds it. */
  readonly inputs: readonly CallOutput[] | undefined;
}

/** One model as calls, each behind those that feed it. */
export interface CallList {
  readonly calls: readonly ModelCall[];
  /** The places of the model's inputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly CallOutput[];
  /** How many calls, connections and ends there are. */
  readonly size: number;
}

/**
 * Orders the calls of a model: as the file does, where that is possible.
 * @throws `RUN_INVALID` naming layers that are doubled, in a circle or fed by something that does not exist
 */
export function listCalls(model: KerasModel, at: string): CallList {
  return model.ends === undefined
    ? listStack(model.layers, at)
    : new CallSorter(model.layers, at).sort(model.ends);
}

/** The class of layer that stands for an input. */
export const INPUT_CLASS = 'InputLayer';

function listStack(layers: readonly LayerEntry[], at: string): CallList {
  const [first] = layers;
  if (first === undefined) throw tfjsModelInvalid('model.json', `${at} is a model without layers`);
  const isFedByModel = MODEL_CLASSES.has(first.className);
  const isInput = first.className === INPUT_CLASS;
  const head = isFedByModel || isInput ? layers : [inputBefore(first), ...layers];
  const calls = head.map((layer, index): ModelCall => {
    if (index > 0) return { layer, call: 0, inputs: [{ call: index - 1, output: 0 }] };
    return { layer, call: 0, inputs: isFedByModel ? undefined : [] };
  });
  return {
    calls,
    inputs: isFedByModel ? [] : [0],
    outputs: [{ call: calls.length - 1, output: 0 }],
    size: 2 * calls.length,
  };
}

/** tfjs and Keras leave the input of a stack out and write its size into the first layer. */
function inputBefore({ name, config }: LayerEntry): LayerEntry {
  const shape =
    typeof config === 'object' && config !== null && 'batch_input_shape' in config
      ? config.batch_input_shape
      : undefined;
  const inputName = `${name}_input`;
  return {
    name: inputName,
    ownName: inputName,
    className: INPUT_CLASS,
    config: { name: inputName, batch_input_shape: shape },
    calls: [],
  };
}

/** A call whose inputs are being placed. */
interface OpenCall {
  readonly layer: LayerEntry;
  readonly call: number;
  readonly connections: readonly Connection[];
  next: number;
}

class CallSorter {
  readonly #at: string;
  readonly #layers = new Map<string, LayerEntry>();
  /** The number by which the file calls a layer's first call. */
  readonly #first = new Map<string, number>();
  readonly #calls: ModelCall[] = [];
  /** By layer and call: the place in the list, or that it is being looked for. */
  readonly #places = new Map<string, number | 'open'>();

  constructor(layers: readonly LayerEntry[], at: string) {
    this.#at = at;
    for (const layer of layers) {
      if (this.#layers.has(layer.name))
        throw this.#invalid(`two layers are called "${layer.name}"`);
      this.#layers.set(layer.name, layer);
      // A model inside counts itself, as it was built, as call 0 (tfjs: Container.buildNodeConversionMap).
      this.#first.set(layer.name, MODEL_CLASSES.has(layer.className) ? 1 : 0);
    }
  }

  sort(ends: NonNullable<KerasModel['ends']>): CallList {
    const connections = [...this.#layers.values()].flatMap(({ calls }) => calls.flat());
    for (const { layer, call } of [...connections, ...ends.outputs]) {
      // Keras does not when it was built without an input.
      if (call === 0) this.#first.set(layer, 0);
    }
    for (const layer of this.#layers.values()) {
      const count = layer.className === INPUT_CLASS ? 1 : layer.calls.length;
      if (count === 0) throw this.#invalid(`layer "${layer.name}" is unconnected`);
      for (let call = 0; call < count; call++) this.#place(layer, call);
    }
    return {
      calls: this.#calls,
      inputs: ends.inputs.map((end) => this.#find(end).call),
      outputs: ends.outputs.map((end) => this.#find(end)),
      size: this.#calls.length + connections.length + ends.inputs.length + ends.outputs.length,
    };
  }

  /** Depth first with a stack of its own: a file can chain more layers than recursion bears. */
  #place(layer: LayerEntry, call: number): void {
    if (this.#places.has(keyOf(layer.name, call))) return;
    const stack = [this.#open(layer, call)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const from = top.connections[top.next++];
      if (from === undefined) {
        const inputs = top.connections.map((connection) => this.#find(connection));
        this.#places.set(keyOf(top.layer.name, top.call), this.#calls.length);
        this.#calls.push({ layer: top.layer, call: top.call, inputs });
        stack.pop();
        continue;
      }
      const place = this.#placeOf(from);
      if (place === 'open') throw this.#circle(stack, from.layer);
      if (place === undefined) {
        const source = this.#callOf(from);
        stack.push(this.#open(source.layer, source.call));
      }
    }
  }

  #open(layer: LayerEntry, call: number): OpenCall {
    this.#places.set(keyOf(layer.name, call), 'open');
    return { layer, call, connections: layer.calls[call] ?? [], next: 0 };
  }

  #circle(stack: readonly { readonly layer: LayerEntry }[], from: string): Error {
    const names = stack.map(({ layer }) => layer.name);
    const circle = names.slice(names.indexOf(from)).slice(0, MAX_NAMED);
    return this.#invalid(`layers feed each other in a circle: "${circle.join('", "')}"`);
  }

  #callOf({ layer: name, call }: Connection): { layer: LayerEntry; call: number } {
    const layer = this.#layers.get(name);
    const index = call - (this.#first.get(name) ?? 0);
    const count = layer?.className === INPUT_CLASS ? 1 : (layer?.calls.length ?? 0);
    if (layer === undefined || index < 0 || index >= count) {
      throw this.#invalid(
        `something is fed by call ${call} of layer "${name}", which there is not`,
      );
    }
    return { layer, call: index };
  }

  #placeOf(connection: Connection): number | 'open' | undefined {
    const { layer, call } = this.#callOf(connection);
    return this.#places.get(keyOf(layer.name, call));
  }

  #find(connection: Connection): CallOutput {
    const call = this.#placeOf(connection);
    if (typeof call !== 'number') throw this.#invalid(`layer "${connection.layer}" is unconnected`);
    return { call, output: connection.tensor };
  }

  #invalid(problem: string): Error {
    return tfjsModelInvalid('model.json', `in ${this.#at}, ${problem}`);
  }
}

/** How many layers an error names. */
const MAX_NAMED = 10;

function keyOf(layer: string, call: number): string {
  return `${call}:${layer}`;
}
