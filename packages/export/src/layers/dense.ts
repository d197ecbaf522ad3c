import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { toOihw } from '../kernel-order.ts';
import { rowsInOnnxOrder } from '../keras-order.ts';
import {
  defineLayer,
  onlyInput,
  type LayerConverter,
  type LayerPlace,
} from '../layer-converter.ts';
import type { Value } from '../value.ts';

const schema = z.object({
  units: z.int().min(1),
  use_bias: z.boolean().default(true),
  activation: activationSchema,
});

type Place = LayerPlace<z.infer<typeof schema>>;

/** Over the last axis: Gemm for a vector, a Conv of 1x1 for a feature map, MatMul and Add for any other rank. */
export const dense: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const input = onlyInput(place);
  const rank = input.shape.length;
  const write = rank === 1 ? writeGemm : rank === 3 ? writeConvolution : writeProduct;
  const output = {
    name: write(place, input),
    shape: [...input.shape.slice(0, -1), config.units],
  };
  return activate(draft, output, config.activation, `${name}/activation`);
});

/** Behind a Flatten that kept ONNX's order, the kernel's rows are permuted to match. */
function writeGemm(place: Place, input: Value): string {
  const { name, draft } = place;
  const kernel = kernelOf(place, input);
  const rows =
    input.flattenedFrom === undefined
      ? kernel.data
      : rowsInOnnxOrder(kernel.data, input.flattenedFrom, kernel.units);
  const inputs = [input.name, draft.float(`${name}/kernel`, [kernel.size, kernel.units], rows)];
  return draft.add('Gemm', { name, inputs: [...inputs, ...biasOf(place)] });
}

function writeConvolution(place: Place, input: Value): string {
  const { name, draft } = place;
  const { data, size, units } = kernelOf(place, input);
  const kernel = draft.float(`${name}/kernel`, [units, size, 1, 1], toOihw(data, 1, size, units));
  return draft.add('Conv', { name, inputs: [input.name, kernel, ...biasOf(place)] });
}

function writeProduct(place: Place, input: Value): string {
  const { name, draft } = place;
  const { data, size, units } = kernelOf(place, input);
  const kernel = draft.float(`${name}/kernel`, [size, units], data);
  const bias = biasOf(place);
  const productName = bias.length > 0 ? `${name}/product` : name;
  const product = draft.add('MatMul', { name: productName, inputs: [input.name, kernel] });
  return bias.length > 0 ? draft.add('Add', { name, inputs: [product, ...bias] }) : product;
}

function kernelOf(
  place: Place,
  input: Value,
): { readonly data: Float32Array; readonly size: number; readonly units: number } {
  const size = input.shape.at(-1) as number;
  const { units } = place.config;
  return { data: place.weight('kernel', [size, units]), size, units };
}

function biasOf(place: Place): readonly string[] {
  const { name, config, draft } = place;
  const dims = [config.units];
  return config.use_bias ? [draft.float(`${name}/bias`, dims, place.weight('bias', dims))] : [];
}
