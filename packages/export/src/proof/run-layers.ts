import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { readTensors } from './read-tensors.ts';
import { referenceKey, type ReferenceValue } from './reference-model.ts';
import type { Tfjs } from './tfjs.ts';

/** A layer of TensorFlow.js, or a model as a layer, with what it is connected to in each of its calls. */
interface OwnLayer {
  readonly name: string;
  readonly inboundNodes: readonly OwnNode[];
}

interface OwnNode {
  readonly inputTensors: SymbolicTensor[];
  readonly outputTensors: SymbolicTensor[];
}

interface OwnModel extends OwnLayer {
  readonly layers: readonly (OwnLayer | OwnModel)[];
  readonly inputs: SymbolicTensor[];
  /** The calls that belong to this model: `layer_ib-2`. None in a stack before it is built. */
  readonly containerNodes: ReadonlySet<string>;
  build(): void;
}

/**
 * Runs a layers model and returns what its layers answer: also of models inside, and of every call of a shared layer.
 * A call is known by its connections. The order in which TensorFlow.js makes the calls depends on the outputs.
 */
export function runLayers(
  tf: Tfjs,
  model: LayersModel,
  images: Tensor,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, ReferenceValue> {
  const run = new LayersRun(tf, wanted);
  let values: ReadonlyMap<string, ReferenceValue> = new Map();
  try {
    tf.tidy(() => {
      run.collect(model as unknown as OwnModel, [images], { prefix: '', call: 0 });
      values = readTensors(run.found);
    });
  } finally {
    images.dispose();
  }
  return values;
}

class LayersRun {
  readonly found: Map<string, Tensor> = new Map();
  readonly #tf: Tfjs;
  readonly #wanted: ReadonlySet<string>;
  readonly #names: readonly string[];

  constructor(tf: Tfjs, wanted: ReadonlySet<string>) {
    this.#tf = tf;
    this.#wanted = wanted;
    this.#names = [...wanted].map((key) => key.slice(key.indexOf(':') + 1));
  }

  /** Adds what is wanted of a model, in the call of it that has these inputs, and of the models inside. */
  collect(
    model: OwnModel,
    inputs: readonly Tensor[],
    place: { prefix: string; call: number },
  ): void {
    if (model.containerNodes.size === 0) model.build();
    const answers = new Map<string, SymbolicTensor>();
    const inside: {
      model: OwnModel;
      inputs: readonly SymbolicTensor[];
      prefix: string;
      call: number;
    }[] = [];
    for (const layer of model.layers) {
      const name = `${place.prefix}${layer.name}`;
      const nodes = nodesOf(model, layer);
      for (const [index, node] of nodes.entries()) {
        const call = place.call * nodes.length + index;
        const key = referenceKey({ name, call });
        const [output] = node.outputTensors;
        if (output !== undefined && this.#wanted.has(key)) answers.set(key, output);
        const isInside = isModel(layer) && this.#names.some((own) => own.startsWith(`${name}/`));
        if (isInside)
          inside.push({ model: layer, inputs: node.inputTensors, prefix: `${name}/`, call });
      }
    }
    const values = this.#run(model, inputs, [
      ...answers.values(),
      ...inside.flatMap((one) => one.inputs),
    ]);
    const valueOf = (symbol: SymbolicTensor): Tensor => values.get(symbol) as Tensor;
    for (const [key, symbol] of answers) this.found.set(key, valueOf(symbol));
    for (const { inputs: symbols, ...one } of inside) {
      this.collect(one.model, symbols.map(valueOf), one);
    }
  }

  #run(
    model: OwnModel,
    inputs: readonly Tensor[],
    symbols: readonly SymbolicTensor[],
  ): ReadonlyMap<SymbolicTensor, Tensor> {
    const values = new Map<SymbolicTensor, Tensor>();
    for (const [index, symbol] of model.inputs.entries())
      values.set(symbol, inputs[index] as Tensor);
    const outputs = [...new Set(symbols)].filter((symbol) => !values.has(symbol));
    if (outputs.length === 0) return values;
    const part = this.#tf.model({ inputs: model.inputs, outputs });
    // All at once: inside, a batch may hold several views of an image.
    const batchSize = Math.max(...inputs.map(({ shape }) => shape[0] ?? 1));
    const answer = [part.predict([...inputs], { batchSize })].flat();
    for (const [index, symbol] of outputs.entries()) values.set(symbol, answer[index] as Tensor);
    return values;
  }
}

/** The calls of a layer inside a model, in the order of the file. */
function nodesOf(model: OwnModel, layer: OwnLayer): readonly OwnNode[] {
  const nodes = layer.inboundNodes.filter((_, index) =>
    model.containerNodes.has(`${layer.name}_ib-${index}`),
  );
  // A model that stands first in a stack is not called: its inputs are those of the stack.
  return nodes.length === 0 && isModel(layer)
    ? [{ inputTensors: model.inputs, outputTensors: [] }]
    : nodes;
}

function isModel(layer: OwnLayer | OwnModel): layer is OwnModel {
  return 'layers' in layer;
}
