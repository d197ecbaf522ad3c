import { decodeAttribute } from './decode-attribute.ts';
import { decodeTensor } from './decode-tensor.ts';
import { decodeValue } from './decode-value.ts';
import { ExternalTensors, type DecodeModelOptions } from './external-tensors.ts';
import { MAX_GRAPH_DEPTH, MAX_ITEMS } from './limits.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import { modelInvalid, modelUnsupported } from './model-invalid.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** Reads GraphProtos, counting what it makes and how deep it is. */
export class GraphDecoder {
  readonly #external: ExternalTensors;
  #left: number;
  #depth = 0;

  constructor(options: DecodeModelOptions) {
    this.#left = options.maxItems ?? MAX_ITEMS;
    this.#external = new ExternalTensors(options);
  }

  decode(reader: ProtobufReader): OnnxGraph {
    this.#depth++;
    if (this.#depth > MAX_GRAPH_DEPTH) {
      throw modelInvalid(`graphs are nested deeper than ${MAX_GRAPH_DEPTH}`);
    }
    const graph = this.#decodeGraph(reader);
    this.#depth--;
    return graph;
  }

  /** Counts one item. @throws `MODEL_INVALID` when there are too many */
  count(): void {
    if (this.#left-- === 0) throw modelInvalid('it has more parts than the limit');
  }

  decodeTensor(reader: ProtobufReader): OnnxTensor {
    this.count();
    return decodeTensor(reader.message(), this.#external);
  }

  #decodeGraph(reader: ProtobufReader): OnnxGraph {
    let name = '';
    let docString = '';
    const nodes: OnnxNode[] = [];
    const initializers: OnnxTensor[] = [];
    const inputs: OnnxValue[] = [];
    const outputs: OnnxValue[] = [];
    const valueInfo: OnnxValue[] = [];
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          nodes.push(this.#decodeNode(reader.message()));
          break;
        case 2:
          name = reader.string();
          break;
        case 5:
          initializers.push(this.decodeTensor(reader));
          break;
        case 10:
          docString = reader.string();
          break;
        case 11:
          inputs.push(this.#decodeValue(reader));
          break;
        case 12:
          outputs.push(this.#decodeValue(reader));
          break;
        case 13:
          valueInfo.push(this.#decodeValue(reader));
          break;
        case 15:
          throw modelUnsupported('sparse initialisers');
        default:
          reader.skip();
      }
    }
    return {
      name,
      nodes,
      initializers,
      inputs,
      outputs,
      ...(valueInfo.length === 0 ? {} : { valueInfo }),
      ...(docString === '' ? {} : { docString }),
    };
  }

  #decodeValue(reader: ProtobufReader): OnnxValue {
    this.count();
    return decodeValue(reader.message(), this);
  }

  #decodeNode(reader: ProtobufReader): OnnxNode {
    this.count();
    let name = '';
    let opType = '';
    let domain = '';
    let docString = '';
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes: OnnxAttribute[] = [];
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          this.count();
          inputs.push(reader.string());
          break;
        case 2:
          this.count();
          outputs.push(reader.string());
          break;
        case 3:
          name = reader.string();
          break;
        case 4:
          opType = reader.string();
          break;
        case 5:
          this.count();
          attributes.push(decodeAttribute(reader.message(), this));
          break;
        case 6:
          docString = reader.string();
          break;
        case 7:
          domain = reader.string();
          break;
        default:
          reader.skip();
      }
    }
    if (opType === '') throw modelInvalid(`node "${name}" has no operator`);
    return {
      name,
      opType,
      inputs,
      outputs,
      ...(domain === '' ? {} : { domain }),
      ...(attributes.length === 0 ? {} : { attributes }),
      ...(docString === '' ? {} : { docString }),
    };
  }
}
