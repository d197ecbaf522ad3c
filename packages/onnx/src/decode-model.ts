import { GraphDecoder } from './decode-graph.ts';
import type { DecodeModelOptions } from './external-tensors.ts';
import { MetadataCollector } from './metadata-entries.ts';
import type { OnnxGraph, OnnxModel, OnnxOpset } from './model.ts';
import { modelInvalid, modelUnsupported } from './model-invalid.ts';
import { openModel } from './open-model.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/**
 * Reads an ONNX file for editing. Tensors are views of `bytes`, not copies, or what `readExternal` gives.
 * Training information and quantisation annotations are dropped; what would change the meaning
 * (functions, sparse tensors, strings, sequences) is refused. Beyond its views the reader takes, whatever the file
 * says, at most twice the file for its texts, 80 MB for lists of numbers and some 300 bytes for each of `maxItems`.
 * @throws `MODEL_INVALID`, `MODEL_TOO_LARGE`
 */
export function decodeModel(bytes: Uint8Array, options: DecodeModelOptions = {}): OnnxModel {
  const reader = openModel(bytes, options);
  const graphs = new GraphDecoder(options);
  const metadata = new MetadataCollector();
  const opsets: OnnxOpset[] = [];
  let irVersion = 0;
  let graph: OnnxGraph | undefined;
  let producerName = '';
  let producerVersion = '';
  let domain = '';
  let modelVersion = 0;
  let docString = '';
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        irVersion = reader.int();
        break;
      case 2:
        producerName = reader.string();
        break;
      case 3:
        producerVersion = reader.string();
        break;
      case 4:
        domain = reader.string();
        break;
      case 5:
        modelVersion = reader.int();
        break;
      case 6:
        docString = reader.string();
        break;
      case 7:
        if (graph !== undefined) throw modelInvalid('it has two graphs');
        graph = graphs.decode(reader.message());
        break;
      case 8:
        graphs.count();
        opsets.push(decodeOpset(reader.message()));
        break;
      case 14:
        graphs.count();
        metadata.add(reader.message());
        break;
      case 25:
        throw modelUnsupported('functions');
      default:
        reader.skip();
    }
  }
  if (irVersion <= 0) throw modelInvalid('it has no IR version');
  if (opsets.length === 0) throw modelInvalid('it names no operator set');
  if (graph === undefined) throw modelInvalid('it has no graph');
  return {
    irVersion,
    opsets,
    graph,
    metadata: metadata.entries,
    ...(producerName === '' ? {} : { producerName }),
    ...(producerVersion === '' ? {} : { producerVersion }),
    ...(domain === '' ? {} : { domain }),
    ...(modelVersion === 0 ? {} : { modelVersion }),
    ...(docString === '' ? {} : { docString }),
  };
}

function decodeOpset(reader: ProtobufReader): OnnxOpset {
  let domain = '';
  let version = 0;
  while (reader.next()) {
    if (reader.field === 1) domain = reader.string();
    else if (reader.field === 2) version = reader.int();
    else reader.skip();
  }
  return { domain, version };
}
