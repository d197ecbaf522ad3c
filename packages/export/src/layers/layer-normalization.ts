import { floatAttribute, intAttribute, intsAttribute } from '../attribute.ts';
import { constantCount } from '../constant-limit.ts';
import { shapeIndex } from '../keras-axis.ts';
import { elementwise } from '../keras-order.ts';
import {
  defineLayer,
  onlyInput,
  unsupported,
  type LayerConverter,
  type LayerPlace,
} from '../layer-converter.ts';
import { normalisationSchema, type NormalisationConfig } from '../normalisation-config.ts';
import { onnxAxis, onnxShape, valueCount, type Value } from '../value.ts';

type Place = LayerPlace<NormalisationConfig>;

/**
 * LayerNormalization where the axes are the last ones of the ONNX tensor. The channels of a feature map are not: there
 * it is written out, which needs no Transpose.
 */
export const layerNormalization: LayerConverter = defineLayer(normalisationSchema, (place) => {
  const input = onlyInput(place);
  const rank = input.shape.length;
  const indices = place.config.axis.map((axis) => shapeIndex(axis, rank));
  if (indices.some((index, at) => at > 0 && index <= (indices[at - 1] as number))) {
    // Keras and tfjs lay gamma and beta out in the order of the axes and then read them in that of the shape.
    throw unsupported(`its axes ${place.config.axis.join(', ')} do not ascend`);
  }
  const isLast = indices.length === rank || (rank !== 3 && indices[0] === rank - indices.length);
  return isLast ? writeOperator(place, input, indices) : writeOut(place, input, indices);
});

function writeOperator(place: Place, input: Value, indices: readonly number[]): Value {
  const { name, config, draft } = place;
  // ONNX's operator takes the last axes, and needs a scale.
  const shape = input.shape.slice(indices[0]);
  const scale = constantOf(place, 'gamma', input, shape) ?? ones(place, shape);
  const shift = constantOf(place, 'beta', input, shape);
  const attributes = [
    intAttribute('axis', (indices[0] as number) + 1),
    floatAttribute('epsilon', config.epsilon),
  ];
  const inputs = [input.name, scale, ...(shift === undefined ? [] : [shift])];
  return { ...input, name: draft.add('LayerNormalization', { name, inputs, attributes }) };
}

/** `(x - mean) / √(mean((x - mean)²) + ε) γ + β`. */
function writeOut(place: Place, input: Value, indices: readonly number[]): Value {
  const { name, config, draft } = place;
  const rank = input.shape.length;
  const shape = input.shape.map((size, index) => (indices.includes(index) ? size : 1));
  const attributes = [
    intsAttribute(
      'axes',
      indices.map((index) => onnxAxis(index, rank)).toSorted((a, b) => a - b),
    ),
    intAttribute('keepdims', 1),
  ];
  const add = (part: string, opType: string, ...inputs: string[]): string =>
    draft.add(opType, { name: `${name}/${part}`, inputs });
  const mean = draft.add('ReduceMean', { name: `${name}/mean`, inputs: [input.name], attributes });
  const centred = add('centred', 'Sub', input.name, mean);
  const squares = add('squares', 'Mul', centred, centred);
  const variance = draft.add('ReduceMean', {
    name: `${name}/variance`,
    inputs: [squares],
    attributes,
  });
  const epsilon = draft.float(`${name}/epsilon`, [], Float32Array.of(config.epsilon));
  const deviation = add('deviation', 'Sqrt', add('bounded', 'Add', variance, epsilon));
  const gamma = constantOf(place, 'gamma', input, shape);
  const beta = constantOf(place, 'beta', input, shape);
  const steps = [
    { opType: 'Div', part: 'normalised', by: deviation },
    ...(gamma === undefined ? [] : [{ opType: 'Mul', part: 'scaled', by: gamma }]),
    ...(beta === undefined ? [] : [{ opType: 'Add', part: 'shifted', by: beta }]),
  ];
  let result = centred;
  for (const [index, { opType, part, by }] of steps.entries()) {
    const isEnd = index === steps.length - 1;
    result = draft.add(opType, { name: isEnd ? name : `${name}/${part}`, inputs: [result, by] });
  }
  return { ...input, name: result };
}

/** Gamma or beta where the layer has one; entries of `shape` that are 1 are not in the weight. */
function constantOf(
  place: Place,
  weight: 'gamma' | 'beta',
  input: Value,
  shape: readonly number[],
): string | undefined {
  const { scale, center } = place.config;
  if (!(weight === 'gamma' ? scale : center)) return undefined;
  const rank = input.shape.length;
  const own = place.config.axis.map((axis) => input.shape[shapeIndex(axis, rank)] as number);
  const { dims, data } = elementwise(place.weight(weight, own), shape, input);
  return place.draft.float(`${place.name}/${weight}`, dims, data);
}

function ones({ name, draft }: Place, shape: readonly number[]): string {
  return draft.float(
    `${name}/gamma`,
    onnxShape(shape),
    new Float32Array(constantCount(valueCount({ shape }))).fill(1),
  );
}
