import { crc32 } from 'node:zlib';
import type { ErrorCode } from '@isometry/core';
import { decodeModel, encodeModel } from '@isometry/onnx';
import { readGoldenImage } from './golden-images.ts';

export interface BrokenFile {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly code: ErrorCode;
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Images that every runtime refuses alike. */
export function brokenImages(jpegFile: string, pngFile: string): BrokenFile[] {
  const jpeg = readGoldenImage(jpegFile);
  const png = readGoldenImage(pngFile);
  return [
    { what: 'no bytes', bytes: new Uint8Array(), code: 'IMAGE_INVALID' },
    { what: 'a text file', bytes: text('wart wart wart wart'), code: 'IMAGE_UNSUPPORTED' },
    { what: 'half a JPEG', bytes: firstHalf(jpeg), code: 'IMAGE_TRUNCATED' },
    { what: 'half a PNG', bytes: firstHalf(png), code: 'IMAGE_TRUNCATED' },
    {
      what: 'a PNG that claims 30,000 x 30,000',
      bytes: claimSize(png, 30_000),
      code: 'IMAGE_TOO_LARGE',
    },
  ];
}

/** Model files that every runtime refuses alike, made from a good one. */
export function brokenModels(model: Uint8Array, pngFile: string): BrokenFile[] {
  return [
    { what: 'no bytes', bytes: new Uint8Array(), code: 'MODEL_INVALID' },
    { what: 'cut in half', bytes: firstHalf(model), code: 'MODEL_INVALID' },
    { what: 'a PNG', bytes: readGoldenImage(pngFile), code: 'MODEL_INVALID' },
    {
      what: 'without a manifest',
      bytes: replaceText(model, 'isometry.manifest', 'isometry.manifesT'),
      code: 'MANIFEST_MISSING',
    },
    {
      what: 'with a manifest of version 9',
      bytes: replaceText(model, /(?<=\{"version": ?)1(?=,)/gu, '9'),
      code: 'MANIFEST_VERSION_UNSUPPORTED',
    },
    {
      what: 'with another input name',
      bytes: replaceText(model, 'pixel_values', 'pixel_valueZ'),
      code: 'MODEL_INVALID',
    },
  ];
}

/** A model with an operator that ONNX does not have. */
export function withUnknownOperator(model: Uint8Array): Uint8Array {
  return replaceText(model, 'Softmax', 'Softmux');
}

/** The model with one more output by an operator that ONNX Runtime runs on the CPU and not on WebGPU. */
export function withCpuOnlyOperator(model: Uint8Array): Uint8Array {
  const decoded = decodeModel(model);
  const { graph } = decoded;
  const node = { name: 'where', opType: 'NonZero', inputs: ['embedding'], outputs: ['where'] };
  const output = { name: 'where', dataType: 'int64', dims: [{ size: 2 }, { size: 'K' }] } as const;
  return encodeModel({
    ...decoded,
    graph: { ...graph, nodes: [...graph.nodes, node], outputs: [...graph.outputs, output] },
  });
}

function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, bytes.length >> 1);
}

/** Replaces every occurrence by text of the same length, so that no length prefix changes. */
function replaceText(bytes: Uint8Array, from: string | RegExp, to: string): Uint8Array {
  const before = Buffer.from(bytes).toString('latin1');
  const after = before.replaceAll(from, to);
  if (after === before || after.length !== before.length) {
    throw new RangeError(`"${String(from)}" cannot become "${to}" in this file.`);
  }
  return new Uint8Array(Buffer.from(after, 'latin1'));
}

/** Writes a width and a height into a PNG's IHDR, whose checksum is made to fit. */
function claimSize(png: Uint8Array, size: number): Uint8Array {
  const claimed = png.slice();
  const view = new DataView(claimed.buffer);
  view.setUint32(16, size);
  view.setUint32(20, size);
  view.setUint32(29, crc32(claimed.subarray(12, 29)));
  return claimed;
}
