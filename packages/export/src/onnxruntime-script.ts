import type { PixelSpec } from '@isometry/core';

/**
 * Python that classifies a picture with numpy, Pillow and onnxruntime alone: `python classify.py MODEL PHOTO`. It
 * follows the pixel contract to the bit (docs/pixels.md) for every picture without transparency; labels, size and
 * colours come out of the model file, only the lines of the fit are this model's.
 */
export function onnxruntimeScript({ fit, filter, jpegOversampling }: PixelSpec): string {
  const { before, between = [], edges, after } = FITS[fit];
  const resample = `Image.${filter.toUpperCase()}`;
  const [left, top, right, bottom] = edges;
  return [
    'import json, sys, numpy as np, onnxruntime',
    'from PIL import Image, ImageOps',
    '',
    'model = onnxruntime.InferenceSession(sys.argv[1])',
    'about = json.loads(model.get_modelmeta().custom_metadata_map["isometry.manifest"])',
    'photo, spec = Image.open(sys.argv[2]), about["pixels"]',
    '(W, H), size = photo.size, (spec["width"], spec["height"])',
    'w, h = size[::-1] if photo.getexif().get(274, 1) > 4 else size',
    ...before,
    `box = (photo.draft(None, (${jpegOversampling} * w, ${jpegOversampling} * h)) or ("", (0, 0, W, H)))[1]`,
    ...between,
    `photo = photo.convert("RGB").resize((w, photo.height), ${resample}, (${left}, 0, ${right}, photo.height))`,
    `photo = ImageOps.exif_transpose(photo.resize((w, h), ${resample}, (0, ${top}, w, ${bottom})))`,
    ...after,
    'x = ((np.asarray(photo) / 255 - spec["mean"]) / spec["std"]).transpose(2, 0, 1)[None].astype("float32")',
    'print(dict(zip(about["labels"], model.run(["probabilities"], {"pixel_values": x})[0][0].tolist())))',
    '',
  ].join('\n');
}

interface FitLines {
  /** Statements before the picture is decoded, at a smaller scale where it is a JPEG. */
  readonly before: readonly string[];
  /** Statements once it is known how much smaller: `box` is the whole picture in decoded pixels. */
  readonly between?: readonly string[];
  /** Left, top, right and bottom of the box that is resized, in pixels of the decoded picture. */
  readonly edges: readonly [string, string, string, string];
  /** Statements on the small upright picture. */
  readonly after: readonly string[];
}

const FITS: Readonly<Record<PixelSpec['fit'], FitLines>> = {
  stretch: { before: [], edges: ['0', '0', 'box[2]', 'box[3]'], after: [] },
  contain: {
    before: [
      'w, h = (w, max(1, (2*H*w + W) // (2*W))) if W*h > H*w else (max(1, (2*W*h + H) // (2*H)), h)',
    ],
    edges: ['0', '0', 'box[2]', 'box[3]'],
    after: [
      'inner, photo = photo, Image.new("RGB", size, tuple(spec["background"]))',
      'photo.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))',
    ],
  },
  cover: {
    before: ['bw, bh = (H*w / h, H) if W*h > H*w else (W, W*h / w)'],
    between: [
      'left, right = (W - bw) / 2 * (box[2] / W), (W + bw) / 2 * (box[2] / W)',
      'top, bottom = (H - bh) / 2 * (box[3] / H), (H + bh) / 2 * (box[3] / H)',
    ],
    edges: ['left', 'top', 'right', 'bottom'],
    after: [],
  },
};
