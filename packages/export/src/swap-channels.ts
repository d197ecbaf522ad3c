import { INPUT_NAME } from '@isometry/core';
import { int64Tensor, type OnnxModel, type OnnxNode, type OnnxTensor } from '@isometry/onnx';

/**
 * Makes a model that wants BGR take RGB: the input channels of the convolutions that read the picture change
 * places, which costs nothing. Where something else reads it too, a Gather does it.
 */
export function swapInputChannels(model: OnnxModel): OnnxModel {
  const { nodes, initializers } = model.graph;
  const readers = nodes.filter(({ inputs }) => inputs.includes(INPUT_NAME));
  const tensors = new Map(initializers.map((tensor) => [tensor.name, tensor]));
  const kernels = readers.map((node) => kernelOf(node, tensors));
  const isFoldable =
    kernels.every((kernel) => kernel !== undefined) &&
    !nodes.some((node) => !readers.includes(node) && node.inputs.some((name) => isOneOf(name)));
  return isFoldable ? fold() : gather();

  function isOneOf(name: string): boolean {
    return kernels.some((kernel) => kernel?.name === name);
  }

  function fold(): OnnxModel {
    const swapped = new Map(kernels.flatMap((own) => (own ? [[own.name, swap(own)]] : [])));
    return {
      ...model,
      graph: {
        ...model.graph,
        initializers: initializers.map((tensor) => swapped.get(tensor.name) ?? tensor),
      },
    };
  }

  function gather(): OnnxModel {
    const [order, output] = [`${INPUT_NAME}/bgr/order`, `${INPUT_NAME}/bgr`];
    const node: OnnxNode = {
      name: output,
      opType: 'Gather',
      inputs: [INPUT_NAME, order],
      outputs: [output],
      attributes: [{ name: 'axis', type: 'int', value: 1 }],
    };
    const rename = (name: string): string => (name === INPUT_NAME ? output : name);
    return {
      ...model,
      graph: {
        ...model.graph,
        nodes: [node, ...nodes.map((own) => ({ ...own, inputs: own.inputs.map(rename) }))],
        initializers: [...initializers, int64Tensor(order, [2, 1, 0])],
      },
    };
  }
}

/** The float32 kernel of a convolution over all three channels, and of nothing else. */
function kernelOf(
  { opType, inputs }: OnnxNode,
  tensors: ReadonlyMap<string, OnnxTensor>,
): OnnxTensor | undefined {
  const kernel = tensors.get(inputs[1] ?? '');
  const isWhole =
    kernel?.dataType === 'float32' && kernel.dims.length === 4 && kernel.dims[1] === 3;
  return opType === 'Conv' && inputs[0] === INPUT_NAME && isWhole ? kernel : undefined;
}

/** OIHW: the planes 0 and 2 of each filter change places. */
function swap(kernel: OnnxTensor): OnnxTensor {
  const [filters = 0, , rows = 0, columns = 0] = kernel.dims;
  const plane = rows * columns * 4;
  const data = kernel.data.slice();
  for (let filter = 0; filter < filters; filter++) {
    const first = filter * 3 * plane;
    data.set(kernel.data.subarray(first + 2 * plane, first + 3 * plane), first);
    data.set(kernel.data.subarray(first, first + plane), first + 2 * plane);
  }
  return { ...kernel, data };
}
