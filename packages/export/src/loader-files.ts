import type { Manifest, PixelSpec, Precision } from '@isometry/core';

/** Where a loader looks for the model, by precision: its path in the folder and transformers.js' word for it. */
export const MODEL_FILES: Readonly<
  Record<Precision, { readonly path: string; readonly dtype: 'fp32' | 'fp16' | 'q8' }>
> = {
  fp32: { path: 'onnx/model.onnx', dtype: 'fp32' },
  fp16: { path: 'onnx/model_fp16.onnx', dtype: 'fp16' },
  int8: { path: 'onnx/model_quantized.onnx', dtype: 'q8' },
};

/** Pillow's numbers for filters, as `resample` wants them. */
const RESAMPLE = { bilinear: 2, bicubic: 3 } as const;

/** What transformers.js and transformers call our backbones. */
const ARCHITECTURES: Readonly<Record<string, readonly [modelType: string, className: string]>> = {
  mobilenet: ['mobilenet_v1', 'MobileNetV1ForImageClassification'],
  resnet50: ['resnet', 'ResNetForImageClassification'],
};

/** Both libraries refuse a `model_type` that they do not know, and use it for nothing else here. */
const ANY_ARCHITECTURE = ['mobilenet_v1', 'MobileNetV1ForImageClassification'] as const;

/**
 * The config.json by which transformers.js and optimum load the folder. They need a `model_type` that they
 * know: MobileNet and ResNet50 have one, any other network goes under MobileNet's. The labels are ours.
 */
export function loaderConfig({ labels, pixels, training }: Manifest): string {
  const [modelType, className] = architectureOf(training?.backbone);
  return toJson({
    model_type: modelType,
    architectures: [className],
    // Only for readers: the size that counts is preprocessor_config.json's.
    ...(pixels.width === pixels.height ? { image_size: pixels.width } : {}),
    num_channels: 3,
    id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
    label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
  });
}

function architectureOf(backbone: string | undefined): readonly [string, string] {
  const known = backbone !== undefined && Object.hasOwn(ARCHITECTURES, backbone);
  return (known ? ARCHITECTURES[backbone] : undefined) ?? ANY_ARCHITECTURE;
}

/** How loaders that go by preprocessor_config.json fit a picture into the input. */
export type LoaderFit = PixelSpec['fit'];

/**
 * The fit that preprocessor_config.json asks for: the manifest's, but `stretch` where the input is not square,
 * for the loaders know `contain` and `cover` by the length of one side only.
 */
export function loaderFit({ fit, width, height }: PixelSpec): LoaderFit {
  return width === height ? fit : 'stretch';
}

/**
 * The preprocessor_config.json for the same loaders: as close to the pixel contract as they come, each by a
 * processor that means the same in transformers.js and in Python. docs/exported-folder.md has the distances.
 */
export function preprocessorConfig({ pixels }: Manifest): string {
  const size = { height: pixels.height, width: pixels.width };
  const fits = {
    stretch: { image_processor_type: 'ViTImageProcessor', do_resize: true, size },
    // Donut's: the shorter side to the size, then the longer one, then black bars on both sides.
    contain: {
      image_processor_type: 'DonutImageProcessor',
      do_resize: true,
      do_thumbnail: true,
      do_align_long_axis: false,
      do_pad: true,
      size,
    },
    cover: {
      image_processor_type: 'CLIPImageProcessor',
      do_resize: true,
      size: { shortest_edge: pixels.height },
      do_center_crop: true,
      crop_size: size,
    },
  } satisfies Record<LoaderFit, object>;
  return toJson({
    ...fits[loaderFit(pixels)],
    resample: RESAMPLE[pixels.filter],
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: pixels.mean,
    image_std: pixels.std,
    do_convert_rgb: true,
  });
}

/**
 * labels.txt: one label a line, in the order of the logits. Line breaks and control characters become spaces; a
 * line that would then be empty or there twice gets its number.
 */
export function labelList({ labels }: Manifest): string {
  const lines = new Set<string>();
  for (const [index, label] of labels.entries()) {
    let line = label.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
    while (line === '' || lines.has(line)) line = `${line} (${index})`.trim();
    lines.add(line);
  }
  return [...lines].map((line) => `${line}\n`).join('');
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
