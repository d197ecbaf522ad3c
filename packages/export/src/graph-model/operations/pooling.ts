import { numbersOf } from '../node-attributes.ts';
import { unsupported } from '../../layer-converter.ts';
import { activation } from '../graph-tensor.ts';
import { mapAt, type OperationConverter } from '../operation-converter.ts';
import { rowsAndColumns, slidingWindow } from '../sliding-window.ts';

/** MaxPool and AvgPool: what is padded is no maximum and does not count in an average, in ONNX as in TensorFlow. */
export function pooling(opType: 'AveragePool' | 'MaxPool'): OperationConverter {
  return (place) => {
    const { value, size } = mapAt(place, 0);
    if (numbersOf(place.node, 'ksize')?.length !== 4) throw unsupported('it has no ksize');
    const window = slidingWindow(place, size, rowsAndColumns(place, 'ksize'));
    // AveragePool has dilations from opset 19 on, and TensorFlow's pools have none.
    const attributes = window.attributes.filter(({ name }) => name !== 'dilations');
    const name = place.draft.add(opType, {
      name: place.node.name,
      inputs: [value.name],
      attributes,
    });
    return activation({ name, shape: [window.height, window.width, size.channels] });
  };
}
