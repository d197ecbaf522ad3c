import type { OnnxLimits } from './limits.ts';
import { MetadataCollector } from './metadata-entries.ts';
import { modelInvalid } from './model-invalid.ts';
import { openModel } from './open-model.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/**
 * Reads `metadata_props` without decoding or copying the tensors. It also walks the model's and the
 * graph's outer structure, so that a file that was cut is refused whatever it still holds.
 * @throws `MODEL_INVALID`, `MODEL_TOO_LARGE`
 */
export function readMetadata(
  bytes: Uint8Array,
  limits: OnnxLimits = {},
): ReadonlyMap<string, string> {
  const reader = openModel(bytes, limits);
  const metadata = new MetadataCollector();
  let hasVersion = false;
  let hasOpset = false;
  let hasGraph = false;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        hasVersion = reader.int() > 0;
        break;
      case 7:
        if (hasGraph) throw modelInvalid('it has two graphs');
        walkGraph(reader.message());
        hasGraph = true;
        break;
      case 8:
        reader.message();
        hasOpset = true;
        break;
      case 14:
        metadata.add(reader.message());
        break;
      default:
        reader.skip();
    }
  }
  if (!hasVersion) throw modelInvalid('it has no IR version');
  if (!hasOpset) throw modelInvalid('it names no operator set');
  if (!hasGraph) throw modelInvalid('it has no graph');
  return metadata.entries;
}

function walkGraph(graph: ProtobufReader): void {
  while (graph.next()) graph.skip();
}
