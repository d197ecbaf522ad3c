import { floatAttribute } from '../../attribute.ts';
import { inKerasOrder } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import { activation } from '../graph-tensor.ts';
import { flagOf, numberOf } from '../node-attributes.ts';
import { constantAt, floatsIn, valueAt, type OperationConverter } from '../operation-converter.ts';
import { checkNhwc } from '../sliding-window.ts';

/** tfjs' own default where the attribute is left out. */
const EPSILON = 0.001;

/** FusedBatchNorm of any version, with its statistics as constants: scale, offset, mean, variance. */
export const batchNormalization: OperationConverter = (place) => {
  checkNhwc(place);
  const { draft, node } = place;
  const input = inKerasOrder(draft, valueAt(place, 0));
  const rank = input.shape.length;
  if (rank !== 1 && rank !== 3) throw unsupported('its input is not a feature map');
  if (node.attributes.has('is_training') && flagOf(node, 'is_training')) {
    throw unsupported('it takes the statistics of the batch, as in training');
  }
  const channels = input.shape.at(-1) as number;
  const constants = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name, index) => {
    const data = floatsIn(constantAt(place, index + 1));
    if (data.length !== channels) {
      throw unsupported(`its ${name} has ${data.length} values for ${channels} channels`);
    }
    return draft.float(`${node.name}/${name}`, [channels], data);
  });
  const name = draft.add('BatchNormalization', {
    name: node.name,
    inputs: [input.name, ...constants],
    attributes: [floatAttribute('epsilon', numberOf(node, 'epsilon') ?? EPSILON)],
  });
  return activation({ name, shape: input.shape });
};
