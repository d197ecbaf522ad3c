import type { Manifest, PixelSpec } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { labelList, loaderConfig, loaderFit, preprocessorConfig } from './loader-files.ts';
import { exampleManifest } from './example-manifest.case.ts';

const parse = (json: string): Record<string, unknown> =>
  JSON.parse(json) as Record<string, unknown>;

function withPixels(changed: Partial<PixelSpec>): Manifest {
  return exampleManifest({ pixels: { ...exampleManifest().pixels, ...changed } });
}

describe('config.json', () => {
  it.each([
    ['mobilenet', 'mobilenet_v1', 'MobileNetV1ForImageClassification'],
    ['resnet50', 'resnet', 'ResNetForImageClassification'],
    ['inceptionv3', 'mobilenet_v1', 'MobileNetV1ForImageClassification'],
    ['constructor', 'mobilenet_v1', 'MobileNetV1ForImageClassification'],
  ])('%s goes under %s, which both libraries know', (backbone, modelType, className) => {
    const { training } = exampleManifest();
    const config = parse(loaderConfig(exampleManifest({ training: { ...training!, backbone } })));
    expect(config).toMatchObject({ model_type: modelType, architectures: [className] });
  });

  it('a model that Isometry did not train goes under one too', () => {
    const config = parse(loaderConfig(exampleManifest({ training: null })));
    expect(config['model_type']).toBe('mobilenet_v1');
  });

  it('keeps every label as it is, also those that look like something else', () => {
    const labels = ['__proto__', '1', '0', 'yes: no', 'ä 日本 🦶', 'a\nb', '"', 'constructor'];
    const config = parse(loaderConfig(exampleManifest({ labels })));
    expect(Object.entries(config['id2label'] as object)).toEqual(
      labels.map((label, index) => [String(index), label]),
    );
    const numbers = new Map(Object.entries(config['label2id'] as Record<string, number>));
    expect(labels.map((label) => numbers.get(label))).toEqual([...labels.keys()]);
    expect(numbers.size).toBe(labels.length);
  });
});

describe('preprocessor_config.json', () => {
  const common = {
    resample: 2,
    do_rescale: true,
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.25, 0.25, 0.25],
    do_convert_rgb: true,
  };
  const size = { height: 64, width: 64 };

  it.each([
    ['stretch', { image_processor_type: 'ViTImageProcessor', do_resize: true, size }],
    [
      'contain',
      {
        image_processor_type: 'DonutImageProcessor',
        do_resize: true,
        do_thumbnail: true,
        do_align_long_axis: false,
        do_pad: true,
        size,
      },
    ],
    [
      'cover',
      {
        image_processor_type: 'CLIPImageProcessor',
        do_resize: true,
        size: { shortest_edge: 64 },
        do_center_crop: true,
        crop_size: size,
      },
    ],
  ] as const)('%s is asked for in words that both libraries have', (fit, expected) => {
    const config = parse(preprocessorConfig(withPixels({ fit })));
    expect(config).toEqual({ ...expected, ...common, rescale_factor: 1 / 255 });
  });

  it.each(['contain', 'cover', 'stretch'] as const)(
    '%s into an oblong input is stretched: there are no words for it',
    (fit) => {
      const manifest = withPixels({ fit, width: 96 });
      expect(loaderFit(manifest.pixels)).toBe('stretch');
      expect(parse(preprocessorConfig(manifest))).toMatchObject({
        image_processor_type: 'ViTImageProcessor',
        size: { height: 64, width: 96 },
      });
    },
  );

  it('bicubic is Pillow’s 3', () => {
    const config = parse(preprocessorConfig(withPixels({ filter: 'bicubic' })));
    expect(config['resample']).toBe(3);
  });
});

describe('labels.txt', () => {
  it('has one line a label, none empty, none twice', () => {
    const labels = ['a\nb', 'a b', 'a\u0085b', '\n', '\u2028', 'é 日本', 'a b (1)', 'a\tb'];
    const lines = labelList(exampleManifest({ labels })).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(labels.length);
    expect(new Set(lines).size).toBe(labels.length);
    expect(lines).toEqual([
      'a b',
      'a b (1)',
      'a b (2)',
      '(3)',
      '(4)',
      'é 日本',
      'a b (1) (6)',
      'a b (7)',
    ]);
  });
});
