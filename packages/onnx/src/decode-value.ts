import type { GraphDecoder } from './decode-graph.ts';
import { dataTypeOf } from './data-type.ts';
import type { OnnxDimension, OnnxValue } from './model.ts';
import { modelInvalid, modelUnsupported } from './model-invalid.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** Reads a ValueInfoProto whose type is a dense tensor. `graphs` counts its dimensions. */
export function decodeValue(reader: ProtobufReader, graphs: GraphDecoder): OnnxValue {
  let name = '';
  let type: Omit<OnnxValue, 'name'> | undefined;
  while (reader.next()) {
    if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) type = decodeType(reader.message(), graphs);
    else reader.skip();
  }
  if (type === undefined) throw modelInvalid(`value "${name}" has no type`);
  return { name, ...type };
}

function decodeType(reader: ProtobufReader, graphs: GraphDecoder): Omit<OnnxValue, 'name'> {
  let code: number | undefined;
  let dims: OnnxDimension[] | undefined;
  let denotation: string | undefined;
  while (reader.next()) {
    if (reader.field === 1) {
      const tensor = reader.message();
      code = 0;
      while (tensor.next()) {
        if (tensor.field === 1) code = tensor.int();
        else if (tensor.field === 2) dims = decodeShape(tensor.message(), graphs);
        else tensor.skip();
      }
    } else if (reader.field === 6) denotation = reader.string();
    else reader.skip();
  }
  if (code === undefined) throw modelUnsupported('a value that is not a dense tensor');
  const dataType = dataTypeOf(code);
  if (dataType === undefined) throw modelUnsupported(`tensor data type ${code}`);
  return {
    dataType,
    ...(dims === undefined ? {} : { dims }),
    ...(denotation === undefined ? {} : { denotation }),
  };
}

function decodeShape(reader: ProtobufReader, graphs: GraphDecoder): OnnxDimension[] {
  const dims: OnnxDimension[] = [];
  while (reader.next()) {
    if (reader.field === 1) {
      graphs.count();
      dims.push(decodeDimension(reader.message()));
    } else reader.skip();
  }
  return dims;
}

function decodeDimension(reader: ProtobufReader): OnnxDimension {
  let size: number | string | undefined;
  let denotation: string | undefined;
  while (reader.next()) {
    if (reader.field === 1) size = reader.int();
    else if (reader.field === 2) size = reader.string();
    else if (reader.field === 3) denotation = reader.string();
    else reader.skip();
  }
  return {
    ...(size === undefined ? {} : { size }),
    ...(denotation === undefined ? {} : { denotation }),
  };
}
