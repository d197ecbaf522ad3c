import type { GraphDecoder } from './decode-graph.ts';
import type { OnnxAttribute, OnnxGraph, OnnxTensor } from './model.ts';
import { modelInvalid, modelUnsupported } from './model-invalid.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** Reads an AttributeProto. `graphs` decodes the subgraphs of `If`, `Loop` and `Scan`. */
export function decodeAttribute(reader: ProtobufReader, graphs: GraphDecoder): OnnxAttribute {
  let name = '';
  let type = 0;
  let float = 0;
  let int = 0;
  let string = '';
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  const tensors: OnnxTensor[] = [];
  const subgraphs: OnnxGraph[] = [];
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        name = reader.string();
        break;
      case 2:
        float = reader.float();
        break;
      case 3:
        int = reader.int();
        break;
      case 4:
        string = reader.string();
        break;
      case 5: // t
      case 10: // tensors
        tensors.push(graphs.decodeTensor(reader));
        break;
      case 6: // g
      case 11: // graphs
        subgraphs.push(graphs.decode(reader.message()));
        break;
      case 7:
        reader.floats(floats);
        break;
      case 8:
        reader.ints(ints);
        break;
      case 9:
        graphs.count();
        strings.push(reader.string());
        break;
      case 20:
        type = reader.int();
        break;
      case 21:
        throw modelUnsupported(`a function's attribute reference ("${name}")`);
      default:
        reader.skip();
    }
  }
  // AttributeProto.AttributeType
  switch (type) {
    case 1:
      return { name, type: 'float', value: float };
    case 2:
      return { name, type: 'int', value: int };
    case 3:
      return { name, type: 'string', value: string };
    case 4:
      return { name, type: 'tensor', value: only(tensors, name) };
    case 5:
      return { name, type: 'graph', value: only(subgraphs, name) };
    case 6:
      return { name, type: 'floats', value: floats };
    case 7:
      return { name, type: 'ints', value: ints };
    case 8:
      return { name, type: 'strings', value: strings };
    case 9:
      return { name, type: 'tensors', value: tensors };
    case 10:
      return { name, type: 'graphs', value: subgraphs };
    default:
      throw modelUnsupported(`attribute type ${type} ("${name}")`);
  }
}

function only<Item>(items: readonly Item[], name: string): Item {
  const [item] = items;
  if (item === undefined) throw modelInvalid(`attribute "${name}" has no value`);
  return item;
}
