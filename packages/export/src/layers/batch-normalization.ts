import { floatAttribute } from '../attribute.ts';
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
import { onnxShape, type Value } from '../value.ts';

type Place = LayerPlace<NormalisationConfig>;

/**
 * Normalisation with the moving statistics; ones and zeros stand for gamma and beta left out. BatchNormalization where
 * the axis is ONNX's second, so that it can be folded; else one factor and one shift.
 */
export const batchNormalization: LayerConverter = defineLayer(normalisationSchema, (place) => {
  const input = onlyInput(place);
  const [axis = -1, ...others] = place.config.axis;
  if (others.length > 0) throw unsupported('it has several axes');
  const index = shapeIndex(axis, input.shape.length);
  const isSecond = onnxShape(input.shape.map((_, at) => at))[0] === index;
  return isSecond ? writeNormalization(place, input, index) : writeFactor(place, input, index);
});

function writeNormalization(place: Place, input: Value, index: number): Value {
  const { name, config, draft } = place;
  const size = input.shape[index] as number;
  const statistics = statisticsOf(place, size);
  const constants = Object.entries(statistics).map(([part, data]) =>
    draft.float(`${name}/${part}`, [size], elementwise(data, [size], input).data),
  );
  const attributes = [floatAttribute('epsilon', config.epsilon)];
  const inputs = [input.name, ...constants];
  return { ...input, name: draft.add('BatchNormalization', { name, inputs, attributes }) };
}

function writeFactor(place: Place, input: Value, index: number): Value {
  const { name, config, draft } = place;
  const size = input.shape[index] as number;
  const { gamma, beta, moving_mean: mean, moving_variance: variance } = statisticsOf(place, size);
  const factor = new Float32Array(size);
  const shift = new Float32Array(size);
  for (let at = 0; at < size; at++) {
    const scale = (gamma[at] as number) / Math.sqrt((variance[at] as number) + config.epsilon);
    factor[at] = scale;
    shift[at] = (beta[at] as number) - (mean[at] as number) * scale;
  }
  const dims = onnxShape(input.shape.map((_, at) => (at === index ? size : 1)));
  const scaled = draft.add('Mul', {
    name: `${name}/scaled`,
    inputs: [input.name, draft.float(`${name}/factor`, dims, factor)],
  });
  const inputs = [scaled, draft.float(`${name}/shift`, dims, shift)];
  return { ...input, name: draft.add('Add', { name, inputs }) };
}

/** In the order in which ONNX' operator takes them. */
function statisticsOf(
  place: Place,
  size: number,
): Readonly<Record<'gamma' | 'beta' | 'moving_mean' | 'moving_variance', Float32Array>> {
  const { scale, center } = place.config;
  // First what the file has: that bounds the size of what is made here.
  const mean = place.weight('moving_mean', [size]);
  const variance = place.weight('moving_variance', [size]);
  return {
    gamma: scale ? place.weight('gamma', [size]) : new Float32Array(size).fill(1),
    beta: center ? place.weight('beta', [size]) : new Float32Array(size),
    moving_mean: mean,
    moving_variance: variance,
  };
}
