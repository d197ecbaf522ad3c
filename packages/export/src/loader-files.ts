import type { Manifest } from '@isometry/core';

/** Pillow's numbers for filters, as `resample` wants them. */
const RESAMPLE = { bilinear: 2, bicubic: 3 } as const;

/**
 * The config.json by which transformers.js and optimum load the folder. They only need a `model_type` that
 * they know; the labels are ours.
 */
export function loaderConfig({ labels }: Manifest): string {
  return toJson({
    model_type: 'mobilenet_v1',
    architectures: ['MobileNetV1ForImageClassification'],
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
  });
}

/**
 * The preprocessor_config.json for the same loaders: as close to the pixel contract as they come.
 * They stretch to the size whatever the manifest's `fit` says.
 */
export function preprocessorConfig({ pixels }: Manifest): string {
  return toJson({
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { height: pixels.height, width: pixels.width },
    resample: RESAMPLE[pixels.filter],
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: pixels.mean,
    image_std: pixels.std,
    do_convert_rgb: true,
  });
}

/** labels.txt: one label a line, in the order of the logits. */
export function labelList({ labels }: Manifest): string {
  return labels.map((label) => `${label.replaceAll(/\s+/g, ' ')}\n`).join('');
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
