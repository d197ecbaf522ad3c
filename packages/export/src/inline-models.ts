import { MODEL_CLASSES, parseKerasModel } from './keras-model.ts';
import { INPUT_CLASS, listCalls, type CallList, type ModelCall } from './layer-calls.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** One call of one layer; every layer here has one output. */
export interface LayerCall {
  /** Inside a model `outer/inner`. */
  readonly name: string;
  /** What its weights may be called by: the models that it is in, the outermost first, and itself. */
  readonly path: readonly string[];
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * 0 for the first call of it in the order of the file, 1 for the second: more than one when it is shared. In a model
   * inside, those of its first call go first.
   */
  readonly call: number;
  /** What feeds it, as places in the list of all calls. */
  readonly inputs: readonly number[];
}

/** An input or output of a model. */
export interface ModelEnd {
  readonly name: string;
  /** The place in the list of all calls of what makes it. */
  readonly call: number;
}

/** A model with no models inside it. */
export interface Topology {
  /** Every call behind those that feed it. */
  readonly calls: readonly LayerCall[];
  readonly inputs: readonly ModelEnd[];
  readonly outputs: readonly ModelEnd[];
}

/** Published models lie two or three deep. */
const MAX_DEPTH = 16;

/**
 * NASNet has about 1,000 calls with 1,400 connections. The limit is for models that call a model twice that calls a model twice …: each level
 * costs a few bytes of the file and doubles the graph. With names of 512 characters 16 deep: 170 MB of names.
 */
const MAX_SIZE = 30_000;

/** Lays a model out flat. @throws `RUN_INVALID` naming the layer at fault */
export function inlineModels(className: string, config: unknown): Topology {
  return new Inliner().inlineWhole({ className, config });
}

interface ModelPlace {
  readonly className: string;
  readonly config: unknown;
  /** The names of the models that it is in and its own, for people and for weights. */
  readonly names: readonly string[];
  readonly path: readonly string[];
  /** As in {@link LayerCall}. */
  readonly call: number;
  /** What feeds it; undefined when its inputs are those of the whole model. */
  readonly inputs: readonly number[] | undefined;
}

/** A call of a layer in its model, with what feeds it by its place in the list of all calls. */
interface PlacedCall extends Pick<ModelCall, 'layer' | 'call'> {
  readonly inputs: readonly number[] | undefined;
}

class Inliner {
  readonly #calls: LayerCall[] = [];
  readonly #inputs: ModelEnd[] = [];
  /** By configuration: a shared model is read once. */
  readonly #lists = new Map<unknown, CallList>();
  #visited = 0;

  inlineWhole(model: Pick<ModelPlace, 'className' | 'config'>): Topology {
    const outputs = this.#inline({ ...model, names: [], path: [], call: 0, inputs: undefined });
    return { calls: this.#calls, inputs: this.#inputs, outputs };
  }

  #inline(place: ModelPlace): readonly ModelEnd[] {
    if (place.names.length > MAX_DEPTH) {
      throw tfjsModelInvalid(
        'model.json',
        `its models lie more than ${MAX_DEPTH} deep in each other`,
      );
    }
    const { calls, inputs, outputs, size } = this.#list(place);
    this.#visited += size;
    if (this.#visited > MAX_SIZE) {
      throw tfjsModelInvalid(
        'model.json',
        `its layers have more than ${MAX_SIZE} calls and connections`,
      );
    }
    const given = place.inputs;
    const inputAt = new Map(inputs.map((call, index) => [call, index]));
    const isStackOfModels = inputs.length === 0 && calls[0]?.inputs === undefined;
    if (given !== undefined && !isStackOfModels && given.length !== inputs.length) {
      throw tfjsModelInvalid(
        'model.json',
        `${describe(place)} has ${inputs.length} inputs and is given ${given.length}`,
      );
    }
    const made: (readonly ModelEnd[])[] = [];
    const find = (call: number, output: number): ModelEnd => {
      const end = made[call]?.[output];
      if (end !== undefined) return end;
      const name = calls[call]?.layer.name ?? '';
      throw tfjsModelInvalid(
        'model.json',
        `layer "${name}" of ${describe(place)} has no output ${output}`,
      );
    };
    for (const [index, { layer, call, inputs: sources }] of calls.entries()) {
      const end = given?.[inputAt.get(index) ?? -1];
      const fed = sources?.map((source) => find(source.call, source.output).call) ?? given;
      made.push(
        end === undefined
          ? this.#call(place, { layer, call, inputs: fed })
          : [{ name: layer.name, call: end }],
      );
    }
    return outputs.map(({ call, output }) => find(call, output));
  }

  #call(place: ModelPlace, { layer, call: own, inputs }: PlacedCall): readonly ModelEnd[] {
    const call = place.call * Math.max(1, layer.calls.length) + own;
    const names = [...place.names, layer.name];
    const path = [...place.path, layer.ownName];
    const { className, config } = layer;
    if (MODEL_CLASSES.has(className)) {
      const ends = this.#inline({ className, config, names, path, call, inputs });
      const prefix = (end: string): string =>
        ends.length === 1 ? layer.name : `${layer.name}/${end}`;
      return ends.map((end) => ({ ...end, name: prefix(end.name) }));
    }
    if (typeof config !== 'object' || config === null || Array.isArray(config)) {
      throw tfjsModelInvalid('model.json', `layer "${names.join('/')}" has no configuration`);
    }
    const name = names.join('/');
    const end = { name: layer.name, call: this.#calls.length };
    if (className === INPUT_CLASS) this.#inputs.push({ name, call: end.call });
    this.#calls.push({
      name,
      path,
      className,
      config: config as Readonly<Record<string, unknown>>,
      call,
      inputs: inputs ?? [],
    });
    return [end];
  }

  #list(place: ModelPlace): CallList {
    const known = this.#lists.get(place.config);
    if (known !== undefined) return known;
    const at = describe(place);
    const list = listCalls(parseKerasModel(place.className, place.config, at), at);
    this.#lists.set(place.config, list);
    return list;
  }
}

function describe({ names }: ModelPlace): string {
  return names.length === 0 ? 'its topology' : `model "${names.join('/')}"`;
}
