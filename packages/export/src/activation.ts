import * as z from 'zod';
import { floatAttribute, intAttribute } from './attribute.ts';
import type { GraphDraft } from './graph-draft.ts';
import { onnxAxis, type Value } from './value.ts';

/** An activation by the name of its class in tfjs. */
export type Activation = (typeof ACTIVATIONS)[number];

const ACTIVATIONS = [
  'elu',
  'exponential',
  'gelu',
  'geluNew',
  'hardSigmoid',
  'linear',
  'logSoftmax',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
] as const;

/** Other spellings, Keras' and those in which tfjs saves what it calls `hardSigmoid`. */
const SPELLINGS: ReadonlyMap<string, Activation> = new Map([
  ['gelu_new', 'geluNew'],
  ['hard_sigmoid', 'hardSigmoid'],
  ['log_softmax', 'logSoftmax'],
  ['silu', 'swish'],
  ...ACTIVATIONS.map((name) => [name, name] as const),
]);

const named = z
  .union([z.string(), z.object({ class_name: z.string() })])
  .transform((value, context): Activation => {
    const name = typeof value === 'string' ? value : value.class_name;
    const activation = SPELLINGS.get(name);
    if (activation !== undefined) return activation;
    context.addIssue(`"${name}" is none of ${ACTIVATIONS.join(', ')}`);
    return z.NEVER;
  });

/** A layer's `activation`, by name or as Keras' `{ class_name, config }`; none is linear. */
export const activationSchema: z.ZodType<Activation | null | undefined> = z.optional(
  z.nullable(named),
);

/** Applies an activation under a node's name; linear adds no node. What it is made of is called `name/part`. */
export function activate(
  draft: GraphDraft,
  value: Value,
  activation: Activation | null | undefined,
  name: string,
): Value {
  const result = write(new Formula(draft, value, name), activation ?? 'linear');
  return result === value.name ? value : { ...value, name: result };
}

/** `min(max(x, 0), maximum)`. The bounds are inputs: Clip has no such attributes since opset 11. */
export function clip(draft: GraphDraft, value: Value, maximum: number, name: string): Value {
  const low = draft.float(`${name}/min`, [], Float32Array.of(0));
  const high = draft.float(`${name}/max`, [], Float32Array.of(maximum));
  return { ...value, name: draft.add('Clip', { name, inputs: [value.name, low, high] }) };
}

/** The nodes of one activation; the last one bears its name. */
class Formula {
  readonly draft: GraphDraft;
  readonly value: Value;
  readonly name: string;

  constructor(draft: GraphDraft, value: Value, name: string) {
    this.draft = draft;
    this.value = value;
    this.name = name;
  }

  part(name: string, opType: string, ...inputs: readonly string[]): string {
    return this.draft.add(opType, { name: `${this.name}/${name}`, inputs });
  }

  constant(name: string, value: number): string {
    return this.draft.float(`${this.name}/${name}`, [], Float32Array.of(value));
  }

  last(opType: string, ...inputs: readonly string[]): string {
    return this.draft.add(opType, { name: this.name, inputs });
  }
}

/** The formulas are tfjs' own: https://github.com/tensorflow/tfjs/blob/tfjs-v4.22.0/tfjs-layers/src/activations.ts. */
function write(formula: Formula, activation: Activation): string {
  const { draft, value, name } = formula;
  const x = value.name;
  switch (activation) {
    case 'linear':
      return x;
    case 'relu6':
      return clip(draft, value, 6, name).name;
    case 'softmax':
    case 'logSoftmax': {
      // Over the last axis: the channels of a feature map.
      const rank = value.shape.length;
      const attributes = [intAttribute('axis', onnxAxis(rank - 1, rank))];
      const opType = activation === 'softmax' ? 'Softmax' : 'LogSoftmax';
      return draft.add(opType, { name, inputs: [x], attributes });
    }
    case 'hardSigmoid': {
      // Keras 3 has 1/6 instead, which no file that tfjs loads means.
      const attributes = [floatAttribute('alpha', 0.2), floatAttribute('beta', 0.5)];
      return draft.add('HardSigmoid', { name, inputs: [x], attributes });
    }
    case 'swish':
      return formula.last('Mul', x, formula.part('sigmoid', 'Sigmoid', x));
    case 'mish': {
      // ONNX has Mish since opset 18.
      const softplus = formula.part('softplus', 'Softplus', x);
      return formula.last('Mul', x, formula.part('tanh', 'Tanh', softplus));
    }
    case 'gelu': {
      // x (1 + erf(x / √2)) / 2; ONNX has Gelu since opset 20.
      const scaled = formula.part('scaled', 'Div', x, formula.constant('sqrt2', Math.SQRT2));
      const erf = formula.part('erf', 'Erf', scaled);
      return halfTimes(formula, erf);
    }
    case 'geluNew': {
      // x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.
      const square = formula.part('square', 'Mul', x, x);
      const cube = formula.part('cube', 'Mul', square, x);
      const small = formula.part('small', 'Mul', cube, formula.constant('factor', 0.044_715));
      const sum = formula.part('sum', 'Add', x, small);
      const root = formula.constant('root', Math.sqrt(2 / Math.PI));
      const tanh = formula.part('tanh', 'Tanh', formula.part('scaled', 'Mul', sum, root));
      return halfTimes(formula, tanh);
    }
    default:
      return formula.last(PLAIN[activation], x);
  }
}

const PLAIN = {
  elu: 'Elu',
  exponential: 'Exp',
  relu: 'Relu',
  selu: 'Selu',
  sigmoid: 'Sigmoid',
  softplus: 'Softplus',
  softsign: 'Softsign',
  tanh: 'Tanh',
} as const;

/** `x (1 + y) / 2`. */
function halfTimes(formula: Formula, y: string): string {
  const one = formula.part('plus1', 'Add', y, formula.constant('one', 1));
  const product = formula.part('product', 'Mul', formula.value.name, one);
  return formula.last('Mul', product, formula.constant('half', 0.5));
}
