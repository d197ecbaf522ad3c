import { DATA_TYPES } from './data-type.ts';
import { EXTERNAL, type ExternalReference } from './external-tensors.ts';
import { finishModel, modelPieces } from './finish-model.ts';
import { writeMetadata } from './metadata-entries.ts';
import type {
  OnnxAttribute,
  OnnxDimension,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from './model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/**
 * Writes an ONNX file. The graph comes last: a file that was cut anywhere is then incomplete for
 * every reader, and the metadata is in the first kilobytes.
 * @throws `MODEL_TOO_LARGE` beyond {@link MAX_MODEL_BYTES}: see {@link encodeExternal}; `MODEL_INVALID`
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  return finishModel(writeModel(model));
}

/**
 * Writes an ONNX file in pieces, in order and together what {@link encodeModel} returns. Nothing is copied: the
 * pieces are views of the tensors, to be written or hashed one after the other and not to be changed.
 * @throws as {@link encodeModel}
 */
export function encodeModelPieces(model: OnnxModel): readonly Uint8Array[] {
  return modelPieces(writeModel(model));
}

/** Says where a tensor's bytes go outside the file; undefined keeps them inside. */
export type PlaceTensor = (tensor: OnnxTensor) => ExternalReference | undefined;

/** Writes the ModelProto, with the graph's own initialisers where `place` puts them. */
export function writeModel(model: OnnxModel, place?: PlaceTensor): ProtobufWriter {
  const writer = new ProtobufWriter().int(1, model.irVersion);
  writeText(writer, 2, model.producerName);
  writeText(writer, 3, model.producerVersion);
  writeText(writer, 4, model.domain);
  if (model.modelVersion !== undefined) writer.int(5, model.modelVersion);
  writeText(writer, 6, model.docString);
  for (const { domain, version } of model.opsets) {
    writer.message(8, new ProtobufWriter().string(1, domain).int(2, version));
  }
  writeMetadata(writer, model.metadata);
  return writer.message(7, encodeGraph(model.graph, place));
}

function encodeGraph(graph: OnnxGraph, place?: PlaceTensor): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const node of graph.nodes) writer.message(1, encodeNode(node));
  writer.string(2, graph.name);
  for (const tensor of graph.initializers) writer.message(5, encodeTensor(tensor, place?.(tensor)));
  writeText(writer, 10, graph.docString);
  for (const value of graph.inputs) writer.message(11, encodeValue(value));
  for (const value of graph.outputs) writer.message(12, encodeValue(value));
  for (const value of graph.valueInfo ?? []) writer.message(13, encodeValue(value));
  return writer;
}

function encodeNode(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writeText(writer, 3, node.name);
  writer.string(4, node.opType);
  for (const attribute of node.attributes ?? []) writer.message(5, encodeAttribute(attribute));
  writeText(writer, 6, node.docString);
  writeText(writer, 7, node.domain);
  return writer;
}

/** `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const satisfies Record<OnnxAttribute['type'], number>;

function encodeAttribute(attribute: OnnxAttribute): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, attribute.name);
  switch (attribute.type) {
    case 'float':
      writer.float(2, attribute.value);
      break;
    case 'int':
      writer.int(3, attribute.value);
      break;
    case 'string':
      writer.string(4, attribute.value);
      break;
    case 'tensor':
      writer.message(5, encodeTensor(attribute.value));
      break;
    case 'graph':
      writer.message(6, encodeGraph(attribute.value));
      break;
    case 'floats':
      writer.packedFloats(7, attribute.value);
      break;
    case 'ints':
      writer.packedInts(8, attribute.value);
      break;
    case 'strings':
      for (const value of attribute.value) writer.string(9, value);
      break;
    case 'tensors':
      for (const value of attribute.value) writer.message(10, encodeTensor(value));
      break;
    case 'graphs':
      for (const value of attribute.value) writer.message(11, encodeGraph(value));
  }
  return writer.int(20, ATTRIBUTE_TYPES[attribute.type]);
}

function encodeTensor(tensor: OnnxTensor, outside?: ExternalReference): ProtobufWriter {
  const writer = new ProtobufWriter()
    .packedInts(1, tensor.dims)
    .int(2, DATA_TYPES[tensor.dataType].code);
  writeText(writer, 8, tensor.name);
  if (outside === undefined) return writer.bytes(9, tensor.data);
  for (const [key, value] of Object.entries(outside)) {
    writer.message(13, new ProtobufWriter().string(1, key).string(2, `${value}`));
  }
  return writer.int(14, EXTERNAL);
}

function encodeValue(value: OnnxValue): ProtobufWriter {
  const tensor = new ProtobufWriter().int(1, DATA_TYPES[value.dataType].code);
  if (value.dims !== undefined) {
    const shape = new ProtobufWriter();
    for (const dimension of value.dims) shape.message(1, encodeDimension(dimension));
    tensor.message(2, shape);
  }
  const type = new ProtobufWriter().message(1, tensor);
  writeText(type, 6, value.denotation);
  return new ProtobufWriter().string(1, value.name).message(2, type);
}

function encodeDimension({ size, denotation }: OnnxDimension): ProtobufWriter {
  const writer = new ProtobufWriter();
  if (typeof size === 'number') writer.int(1, size);
  else writeText(writer, 2, size);
  writeText(writer, 3, denotation);
  return writer;
}

function writeText(writer: ProtobufWriter, field: number, text: string | undefined): void {
  if (text !== undefined && text !== '') writer.string(field, text);
}
