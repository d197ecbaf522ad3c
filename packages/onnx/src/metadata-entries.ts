import { MAX_METADATA_BYTES, MAX_METADATA_ENTRIES } from './limits.ts';
import { modelInvalid } from './model-invalid.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** `ModelProto.metadata_props`. */
export const METADATA_FIELD = 14;

/** Collects StringStringEntryProtos within their limits; a key may come only once. */
export class MetadataCollector {
  readonly entries: Map<string, string> = new Map();
  #size = 0;

  add(entry: ProtobufReader): void {
    let key = '';
    let value = '';
    this.#size += entry.remaining;
    if (this.#size > MAX_METADATA_BYTES) {
      throw modelInvalid(`its metadata is longer than ${MAX_METADATA_BYTES} bytes`);
    }
    while (entry.next()) {
      if (entry.field === 1) key = entry.string();
      else if (entry.field === 2) value = entry.string();
      else entry.skip();
    }
    if (this.entries.has(key)) throw modelInvalid(`metadata key "${key}" comes twice`);
    if (this.entries.size === MAX_METADATA_ENTRIES) {
      throw modelInvalid(`it has more than ${MAX_METADATA_ENTRIES} entries of metadata`);
    }
    this.entries.set(key, value);
  }
}

/** Writes `metadata_props` in the map's order. */
export function writeMetadata(writer: ProtobufWriter, metadata: ReadonlyMap<string, string>): void {
  for (const [key, value] of metadata) {
    writer.message(METADATA_FIELD, new ProtobufWriter().string(1, key).string(2, value));
  }
}
