import { METADATA_FIELD, writeMetadata } from './metadata-entries.ts';
import { openModel } from './open-model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { readMetadata } from './read-metadata.ts';

/** `ModelProto.graph`. */
const GRAPH_FIELD = 7;

/**
 * Returns the model file with these `metadata_props` set; keys that are not named stay as they are.
 * All other bytes are copied as they are, whatever they say.
 * @throws `MODEL_INVALID`
 */
export function withMetadata(
  bytes: Uint8Array,
  entries: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
): Uint8Array {
  const metadata = new Map(readMetadata(bytes));
  const changes = entries instanceof Map ? entries : Object.entries(entries);
  for (const [key, value] of changes) metadata.set(key, value);
  const head = new ProtobufWriter();
  const graph = new ProtobufWriter();
  const reader = openModel(bytes);
  for (let start = 0; reader.next(); start = reader.position) {
    reader.skip();
    const field = bytes.subarray(start, reader.position);
    if (reader.field === GRAPH_FIELD) graph.encoded(field);
    else if (reader.field !== METADATA_FIELD) head.encoded(field);
  }
  writeMetadata(head, metadata);
  return head.append(graph).finish();
}
