import { flattened, one, pooled, window, type Build } from './graph-model-pieces.ts';
import { flag, int, ints, texts, type } from './graph-model.ts';

/** Operations that move, cut or rename axes, and what they mean where a feature map lies as NCHW. */
export const layoutCases: Readonly<Record<string, Build>> = {
  'Reshape to a vector before MatMul': (g, x) =>
    g.node('MatMul', [flattened(g, x), g.float([315, 6])]),
  'Reshape by shape arithmetic: the batch taken out of Shape': (g, x) => {
    const batch = g.node(
      'StridedSlice',
      [g.node('Shape', [x]), g.integers(0), g.integers(1), g.integers(1)],
      {
        shrink_axis_mask: int(1),
      },
    );
    const sizes = g.node('Pack', [batch, g.integer(315)], { axis: int(0), N: int(2) });
    return g.node('MatMul', [g.node('Reshape', [x, sizes]), g.float([315, 6])]);
  },
  'Reshape by the product of sizes': (g, x) => {
    const sizes = g.node('Shape', [x]);
    const inner = g.node('StridedSlice', [sizes, g.integers(1), g.integers(0), g.integers(1)], {
      end_mask: int(1),
    });
    const size = g.node('Prod', [inner, g.integers(0)], { keep_dims: flag(true) });
    const target = g.node('ConcatV2', [g.integers(-1), size, g.integer(0)], { N: int(2) });
    return g.node('Reshape', [x, target]);
  },
  'Reshape of a vector to one pixel and back': (g, x) => {
    const pixel = g.node('Reshape', [pooled(g, x), g.integers(-1, 1, 1, 5)]);
    const gate = g.node('Conv2D', [pixel, g.float([1, 1, 5, 6])], window(one, 'SAME'));
    return g.node('Reshape', [gate, g.integers(-1, 6)]);
  },
  'Reshape of a feature map to another': (g, x) => g.node('Reshape', [x, g.integers(-1, 7, 15, 3)]),
  'Reshape of a feature map to a sequence': (g, x) => g.node('Reshape', [x, g.integers(-1, 63, 5)]),
  'Reshape to five axes, Transpose and back: a channel shuffle': (g, x) => {
    const doubled = g.node('ConcatV2', [x, g.node('Exp', [x]), g.integer(3)], { N: int(2) });
    const split = g.node('Reshape', [doubled, g.integers(-1, 9, 7, 2, 5)]);
    const turned = g.node('Transpose', [split, g.integers(0, 1, 2, 4, 3)]);
    return g.node('Reshape', [turned, g.integers(-1, 9, 7, 10)]);
  },
  'a Dense layer on a feature map: rows of pixels': (g, x) => {
    const rows = g.node('Reshape', [x, g.integers(-1, 5)]);
    const dense = g.node('MatMul', [rows, g.float([5, 4])]);
    const active = g.node('Relu', [g.node('BiasAdd', [dense, g.float([4])])]);
    return g.node('Reshape', [active, g.integers(-1, 9, 7, 4)]);
  },
  'a Dense layer on a feature map: Tensordot as Keras writes it': (g, x) => {
    const sizes = g.node('Shape', [x]);
    const free = g.node('GatherV2', [sizes, g.integers(0, 1, 2), g.integer(0)]);
    const rows = g.node('Prod', [free, g.integers(0)]);
    const matrix = g.node('Pack', [rows, g.integer(5)], { N: int(2), axis: int(0) });
    const product = g.node(
      '_FusedMatMul',
      [g.node('Reshape', [x, matrix]), g.float([4, 5]), g.float([4])],
      {
        transpose_b: flag(true),
        fused_ops: texts('BiasAdd', 'Relu'),
        num_args: int(1),
      },
    );
    const target = g.node('ConcatV2', [free, g.integers(4), g.integer(0)], { N: int(2) });
    return g.node('Reshape', [product, target]);
  },
  'Reshape by an unpacked shape': (g, x) => {
    const sizes = g.node('Unpack', [g.node('Shape', [x])], { num: int(4), axis: int(0) });
    const area = g.node('Mul', [`${sizes}:1`, `${sizes}:2`]);
    const target = g.node('Pack', [sizes, area, `${sizes}:3`], { axis: int(0), N: int(3) });
    return g.node('Reshape', [x, target]);
  },
  'a constant that could be fed, and its default': (g, x) =>
    g.node('Mul', [x, g.node('PlaceholderWithDefault', [g.scalar(3)])]),
  'Squeeze of one pixel': (g, x) =>
    g.node('Squeeze', [g.node('Mean', [x, g.integers(1, 2)], { keep_dims: flag(true) })], {
      squeeze_dims: ints(1, 2),
    }),
  'Squeeze of the rows alone': (g, x) =>
    g.node('Squeeze', [g.node('Max', [x, g.integers(1)], { keep_dims: flag(true) })], {
      squeeze_dims: ints(1),
    }),
  'ExpandDims of a vector, twice': (g, x) => {
    const vector = g.node('ExpandDims', [pooled(g, x), g.integer(1)]);
    return g.node('Mul', [x, g.node('ExpandDims', [vector, g.integer(1)])]);
  },
  'ExpandDims at the end': (g, x) => g.node('ExpandDims', [flattened(g, x), g.integer(-1)]),
  'Transpose of rows and columns': (g, x) => g.node('Transpose', [x, g.integers(0, 2, 1, 3)]),
  'Transpose of channels to the front': (g, x) => g.node('Transpose', [x, g.integers(0, 3, 1, 2)]),
  'ConcatV2 of channels': (g, x) =>
    g.node('ConcatV2', [x, g.node('Relu', [x]), x, g.integer(-1)], { N: int(3) }),
  'ConcatV2 of rows': (g, x) => g.node('ConcatV2', [x, x, g.integer(1)], { N: int(2) }),
  'ConcatV2 of vectors in different orders': (g, x) =>
    g.node('ConcatV2', [flattened(g, x), pooled(g, x), g.integer(1)], { N: int(2) }),
  'Slice of a box': (g, x) =>
    g.node('Slice', [x, g.integers(0, 2, 1, 0), g.integers(-1, 3, -1, 2)]),
  'StridedSlice: a crop': (g, x) =>
    g.node(
      'StridedSlice',
      [x, g.integers(0, 1, 2, 0), g.integers(0, -1, 6, 0), g.integers(...one)],
      {
        begin_mask: int(0b1001),
        end_mask: int(0b1001),
      },
    ),
  'StridedSlice: every second column from the end': (g, x) =>
    g.node('StridedSlice', [x, g.integers(0, 0, 0), g.integers(0, 0, 0), g.integers(1, 1, -2)], {
      begin_mask: int(0b111),
      end_mask: int(0b111),
    }),
  'StridedSlice: channels reversed behind an ellipsis': (g, x) =>
    g.node('StridedSlice', [x, g.integers(0, 0), g.integers(0, 0), g.integers(1, -1)], {
      ellipsis_mask: int(0b01),
      begin_mask: int(0b10),
      end_mask: int(0b10),
    }),
  'StridedSlice: one channel, and a new axis': (g, x) =>
    g.node(
      'StridedSlice',
      [x, g.integers(0, 0, 0, -2), g.integers(0, 0, 0, 0), g.integers(...one)],
      {
        ellipsis_mask: int(0b0001),
        new_axis_mask: int(0b0010),
        begin_mask: int(0b0100),
        end_mask: int(0b0100),
        shrink_axis_mask: int(0b1000),
      },
    ),
  'Split of channels': (g, x) => {
    const wide = g.node('ConcatV2', [x, g.node('Exp', [x]), g.integer(3)], { N: int(2) });
    const parts = g.node('Split', [g.integer(3), wide], { num_split: int(2) });
    return [g.node('Sub', [parts, `${parts}:1`]), `${parts}:1`];
  },
  'SplitV of rows, the last as long as is left': (g, x) => {
    const parts = g.node('SplitV', [x, g.integers(2, 3, -1), g.integer(1)], { num_split: int(3) });
    return [parts, `${parts}:1`, `${parts}:2`];
  },
  'ReverseV2 of columns': (g, x) => g.node('ReverseV2', [x, g.integers(2)]),
  'Tile of a constant': (g, x) =>
    g.node('Mul', [x, g.node('Tile', [g.float([1, 1, 5]), g.integers(9, 7, 1)])]),
  'Cast that changes nothing': (g, x) =>
    g.node('Cast', [x], { SrcT: type('DT_FLOAT'), DstT: type('DT_HALF') }),
};
