import type { OnnxAttribute } from '@isometry/onnx';
import { clip } from '../../activation.ts';
import { floatAttribute, intAttribute } from '../../attribute.ts';
import type { GraphDraft } from '../../graph-draft.ts';
import { unsupported } from '../../layer-converter.ts';
import type { Value } from '../../value.ts';
import { constantOperand } from '../constant-operand.ts';
import type { ActivationTensor } from '../graph-tensor.ts';
import { isFloatType, numberOf, typeOf } from '../node-attributes.ts';
import {
  constantAt,
  inputAt,
  numberAt,
  type OperationConverter,
  type OperationPlace,
} from '../operation-converter.ts';

/** Writes a value's nodes; what it returns has the same shape. */
type Write = (draft: GraphDraft, value: Value, place: OperationPlace) => string;

/** An operation on each element: works on the rows of a flattened map as on the map. */
function elementwise(write: Write): OperationConverter {
  return (place): ActivationTensor => {
    const input = inputAt(place, 0);
    if (input.kind === 'constant') throw unsupported('its input is a constant');
    const { value } = input;
    return { ...input, value: { ...value, name: write(place.draft, value, place) } };
  };
}

/** An ONNX operator of one input. */
export function unary(
  opType: string,
  attributes?: (place: OperationPlace) => readonly OnnxAttribute[],
): OperationConverter {
  return elementwise((draft, { name }, place) =>
    draft.add(opType, {
      name: place.node.name,
      inputs: [name],
      ...(attributes === undefined ? {} : { attributes: attributes(place) }),
    }),
  );
}

export const leakyRelu: OperationConverter = unary('LeakyRelu', ({ node }) => [
  floatAttribute('alpha', numberOf(node, 'alpha') ?? 0.2),
]);

export const relu6: OperationConverter = elementwise(
  (draft, value, { node }) => clip(draft, value, 6, node.name).name,
);

/** `x · x`. */
export const square: OperationConverter = elementwise((draft, { name }, { node }) =>
  draft.add('Mul', { name: node.name, inputs: [name, name] }),
);

/** `1 / √x`. */
export const reciprocalRoot: OperationConverter = elementwise((draft, { name }, { node }) => {
  const root = draft.add('Sqrt', { name: `${node.name}/root`, inputs: [name] });
  return draft.add('Reciprocal', { name: node.name, inputs: [root] });
});

/** ClipByValue with constant bounds. */
export const clipByValue: OperationConverter = elementwise((draft, { name }, place) => {
  const low = draft.float(`${place.node.name}/min`, [], Float32Array.of(numberAt(place, 1)));
  const high = draft.float(`${place.node.name}/max`, [], Float32Array.of(numberAt(place, 2)));
  return draft.add('Clip', { name: place.node.name, inputs: [name, low, high] });
});

/** Prelu, tfjs' own operation: the converter makes it of Relu, Neg and Mul. */
export const prelu: OperationConverter = elementwise((draft, value, place) => {
  const { name } = place.node;
  const slope = constantOperand(draft, `${name}/slope`, constantAt(place, 1), value);
  return draft.add('PRelu', { name, inputs: [value.name, slope.name] });
});

/** Softmax and LogSoftmax over the last axis: the channels of a feature map. */
export function softmax(opType: 'Softmax' | 'LogSoftmax'): OperationConverter {
  return unary(opType, (place) => {
    const input = inputAt(place, 0);
    const rank = input.kind === 'activation' ? input.value.shape.length : 0;
    return [intAttribute('axis', rank === 3 ? 1 : rank)];
  });
}

/** Identity and the operations that are one outside of training. */
export const identity: OperationConverter = (place) => inputAt(place, 0);

/** Cast between kinds of floating point, which tfjs does not tell apart. */
export const cast: OperationConverter = (place) => {
  const from = typeOf(place.node, 'SrcT') ?? 'DT_FLOAT';
  const to = typeOf(place.node, 'DstT') ?? 'DT_FLOAT';
  if (!isFloatType(from) || !isFloatType(to)) throw unsupported(`it makes ${to} of ${from}`);
  return inputAt(place, 0);
};
