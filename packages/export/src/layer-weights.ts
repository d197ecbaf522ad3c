import type { LayerCall } from './inline-models.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';
import type { ModelWeight } from './tfjs-model-file.ts';

/** The weights of a model by layer, under whatever name the file has them. */
export class LayerWeights {
  readonly #weights: ReadonlyMap<string, ModelWeight>;
  /** Which layer has taken a weight: two of one name, in two models inside, must not share it unseen. */
  readonly #owners = new Map<string, string>();
  /** By the first and last part of a name in more than two parts. */
  readonly #shortened: Map<string, string | undefined> = new Map();

  constructor(weights: ReadonlyMap<string, ModelWeight>) {
    this.#weights = weights;
    for (const name of weights.keys()) {
      const parts = stripSuffix(name).split('/');
      if (parts.length < 3) continue;
      const short = [...parts.slice(0, -2), parts.at(-1)].join('/');
      this.#shortened.set(short, this.#shortened.has(short) ? undefined : name);
    }
  }

  /**
   * A layer's weight of this name (`kernel`, `gamma` …).
   * @throws `RUN_INVALID` when it is missing, has another shape or is no float32
   */
  read(layer: LayerCall, name: string, dims: readonly number[]): Float32Array {
    const found = this.#find(layer.path, name);
    if (found === undefined) {
      throw tfjsModelInvalid('model.json', `it lists no weight "${layer.path.at(-1)}/${name}"`);
    }
    const weight = this.#weights.get(found) as ModelWeight;
    const owner = this.#owners.get(found) ?? layer.name;
    if (owner !== layer.name) {
      throw tfjsModelInvalid(
        'model.json',
        `weight "${found}" belongs to both "${owner}" and "${layer.name}": layers of one name in two models`,
      );
    }
    this.#owners.set(found, owner);
    if (weight.shape.join() !== dims.join()) {
      throw tfjsModelInvalid(
        'model.json',
        `weight "${found}" has shape [${weight.shape.join(', ')}] instead of [${dims.join(', ')}]`,
      );
    }
    if (!(weight.data instanceof Float32Array)) {
      throw tfjsModelInvalid('model.json', `weight "${found}" is ${weight.dtype}, not float32`);
    }
    return weight.data;
  }

  /**
   * tfjs and its converter call it `layer/kernel`, inside other models too; TensorFlow sometimes adds the models'
   * names in front, `:0` behind, or a part of its own before the last (tfjs: Container.loadWeights).
   */
  #find(path: readonly string[], weight: string): string | undefined {
    for (let from = path.length - 1; from >= 0; from--) {
      const name = [...path.slice(from), weight].join('/');
      const found = [name, `${name}:0`].find((candidate) => this.#weights.has(candidate));
      if (found !== undefined) return found;
    }
    return this.#shortened.get(`${path.at(-1)}/${weight}`);
  }
}

function stripSuffix(name: string): string {
  return name.endsWith(':0') ? name.slice(0, -2) : name;
}
