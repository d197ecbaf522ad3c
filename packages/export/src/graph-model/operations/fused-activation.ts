import { activate, type Activation } from '../../activation.ts';
import { floatAttribute } from '../../attribute.ts';
import { unsupported } from '../../layer-converter.ts';
import type { Value } from '../../value.ts';
import { constantOperand } from '../constant-operand.ts';
import type { ConstantTensor } from '../graph-tensor.ts';
import { numberOf, stringsOf } from '../node-attributes.ts';
import { constantAt, type OperationPlace } from '../operation-converter.ts';

/** What grappler put into one node with a convolution or a matrix product. */
export interface FusedOperations {
  readonly bias?: ConstantTensor;
  readonly activation?: string;
  /** Prelu's slopes. */
  readonly slopes?: ConstantTensor;
}

/** Reads `fused_ops`: BiasAdd first, then an activation, with their constants from input 2 on, as tfjs reads it. */
export function fusedOperations(place: OperationPlace): FusedOperations {
  const isFused = /^_?Fused/u.test(place.node.op);
  const operations = isFused ? stringsOf(place.node, 'fused_ops') : [];
  const hasBias = operations[0]?.toLowerCase() === 'biasadd';
  const [activation, ...others] = hasBias ? operations.slice(1) : operations;
  if (others.length > 0) throw unsupported(`it fuses ${operations.join(', ')}`);
  const isPrelu = activation?.toLowerCase() === 'prelu';
  const expected = 2 + (hasBias ? 1 : 0) + (isPrelu ? 1 : 0);
  if (place.inputs.length !== expected) {
    throw unsupported(`it has ${place.inputs.length} inputs instead of ${expected}`);
  }
  return {
    ...(hasBias ? { bias: constantAt(place, 2) } : {}),
    ...(activation === undefined ? {} : { activation }),
    ...(isPrelu ? { slopes: constantAt(place, hasBias ? 3 : 2) } : {}),
  };
}

/** Adds the nodes of a fused activation. */
export function fusedActivation(
  place: OperationPlace,
  value: Value,
  { activation, slopes }: FusedOperations,
): Value {
  const { draft, node } = place;
  const name = `${node.name}/activation`;
  switch (activation?.toLowerCase()) {
    case undefined:
    case 'linear':
      return value;
    case 'relu':
    case 'relu6':
    case 'elu':
    case 'sigmoid':
      return activate(draft, value, activation.toLowerCase() as Activation, name);
    case 'leakyrelu': {
      if (node.op === 'FusedDepthwiseConv2dNative') {
        // tfjs 4.22 does not pass the slope on.
        throw unsupported('tfjs computes NaN for a LeakyRelu that is fused with it');
      }
      const attributes = [floatAttribute('alpha', numberOf(node, 'leakyrelu_alpha') ?? 0.2)];
      return { ...value, name: draft.add('LeakyRelu', { name, inputs: [value.name], attributes }) };
    }
    case 'prelu': {
      if (slopes === undefined) throw unsupported('its Prelu has no slopes');
      const slope = constantOperand(draft, `${node.name}/slope`, slopes, value);
      return { ...value, name: draft.add('PRelu', { name, inputs: [value.name, slope.name] }) };
    }
    default:
      throw unsupported(`it fuses ${activation}`);
  }
}
