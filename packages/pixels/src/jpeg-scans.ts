import { invalidImage, truncatedImage, unsupportedImage } from './image-error.ts';
import { EOI, type JpegHeader, readJpegSegment, SOS } from './jpeg-header.ts';

/**
 * Most scans that a JPEG may have. Encoders write 10 to 20; every scan of a progressive JPEG costs
 * a pass over the whole image, so that thousands of empty ones are an attack.
 */
const MAX_SCANS = 100;

/**
 * Checks by walking the markers that a JPEG holds all of its image: libjpeg fills what is missing
 * with gray and goes on, and its versions smooth an unfinished progressive image differently.
 * Bytes after the end-of-image marker are allowed: phones put a second picture there.
 * @throws `IMAGE_TRUNCATED` without an EOI marker, or when a component lacks coefficients
 */
export function assertJpegComplete(bytes: Uint8Array, header: JpegHeader): void {
  // How many low bits of each coefficient are still to come; libjpeg's coef_bits.
  const missing = new Map(header.components.map((id) => [id, new Int8Array(64).fill(-1)]));
  let offset = header.scanOffset;
  for (let scans = 0; ;) {
    const { marker, payload, end } = readSegmentAfterScan(bytes, offset);
    if (marker === EOI) break;
    offset = end;
    if (marker !== SOS) continue;
    scans++;
    if (scans > MAX_SCANS) {
      throw unsupportedImage('jpeg', `A JPEG with over ${MAX_SCANS} scans`, 'Save it as baseline.');
    }
    markScan(payload, header, missing);
    offset = findMarker(bytes, end);
  }
  if ([...missing.values()].some((bits) => bits.some((count) => count !== 0))) {
    throw truncatedImage('JPEG', 'some of its scans are missing');
  }
}

function readSegmentAfterScan(
  bytes: Uint8Array,
  offset: number,
): ReturnType<typeof readJpegSegment> {
  if (offset >= bytes.length) throw truncatedImage('JPEG', 'it has no end-of-image marker');
  return readJpegSegment(bytes, offset);
}

function markScan(
  payload: Uint8Array,
  header: JpegHeader,
  missing: ReadonlyMap<number, Int8Array>,
): void {
  const count = payload[0] ?? 0;
  if (count < 1 || count > 4 || payload.length !== 4 + 2 * count) {
    throw invalidImage('JPEG', 'a scan header has the wrong length');
  }
  const first = header.progressive ? (payload[1 + 2 * count] ?? 0) : 0;
  const last = header.progressive ? (payload[2 + 2 * count] ?? 0) : 63;
  const low = header.progressive ? (payload[3 + 2 * count] ?? 0) & 15 : 0;
  if (first > last || last > 63) throw invalidImage('JPEG', 'a scan names no coefficients');
  for (let index = 0; index < count; index++) {
    const bits = missing.get(payload[1 + 2 * index] ?? 0);
    if (bits === undefined) throw invalidImage('JPEG', 'a scan names an unknown component');
    bits.fill(low, first, last + 1);
  }
}

/** The offset of the next marker in entropy-coded data: stuffed zeros and restarts belong to it. */
function findMarker(bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    at += next === 0xff ? 1 : 2;
  }
}
