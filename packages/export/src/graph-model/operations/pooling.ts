import { unsupported } from '../../layer-converter.ts';
import { poolingAttributes } from '../../pooling-attributes.ts';
import { activation } from '../graph-tensor.ts';
import { numbersOf, stringOf } from '../node-attributes.ts';
import { mapAt, type OperationConverter } from '../operation-converter.ts';
import { rowsAndColumns, slidingWindow } from '../sliding-window.ts';

/** MaxPool and AvgPool: what is padded is no maximum and does not count in an average, in ONNX as in TensorFlow. */
export function pooling(opType: 'AveragePool' | 'MaxPool'): OperationConverter {
  return (place) => {
    const { draft, node } = place;
    const { value, size } = mapAt(place, 0);
    if (numbersOf(node, 'ksize')?.length !== 4) throw unsupported('it has no ksize');
    if (stringOf(node, 'padding')?.toUpperCase() === 'EXPLICIT') {
      throw unsupported('its padding is EXPLICIT, which tfjs has for convolutions alone');
    }
    const window = slidingWindow(place, size, rowsAndColumns(place, 'ksize'));
    const attributes = poolingAttributes(draft, value, window);
    const name = draft.add(opType, { name: node.name, inputs: [value.name], attributes });
    return activation({ name, shape: [window.height, window.width, size.channels] });
  };
}
