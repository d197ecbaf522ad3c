import { finishModel, modelPieces } from './finish-model.ts';
import { METADATA_FIELD, writeMetadata } from './metadata-entries.ts';
import { openModel } from './open-model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { readMetadata } from './read-metadata.ts';

/** `ModelProto.graph`. */
const GRAPH_FIELD = 7;

type MetadataEntries = Readonly<Record<string, string>> | ReadonlyMap<string, string>;

/**
 * Returns the model file with these `metadata_props` set; keys that are not named stay as they are.
 * All other bytes are copied as they are, whatever they say.
 * @throws `MODEL_INVALID`, `MODEL_TOO_LARGE`
 */
export function withMetadata(bytes: Uint8Array, entries: MetadataEntries): Uint8Array {
  return finishModel(replaceMetadata(bytes, entries));
}

/**
 * Returns in pieces, in order, what {@link withMetadata} returns. Nothing is copied: the pieces are views of `bytes`, to be
 * written or hashed one after the other and not to be changed.
 * @throws as {@link withMetadata}
 */
export function withMetadataPieces(
  bytes: Uint8Array,
  entries: MetadataEntries,
): readonly Uint8Array[] {
  return modelPieces(replaceMetadata(bytes, entries));
}

function replaceMetadata(bytes: Uint8Array, entries: MetadataEntries): ProtobufWriter {
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
  return head.append(graph);
}
