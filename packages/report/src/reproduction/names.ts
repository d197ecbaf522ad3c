const NAMES: Readonly<Record<string, string>> = {
  mobilenet: 'MobileNet',
  resnet50: 'ResNet50',
  inceptionv3: 'InceptionV3',
  'cross-entropy': 'Cross-entropy',
  contrastive: 'Contrastive',
  triplet: 'Triplet',
  'lifted-structured': 'Lifted structured',
};

/** A backbone or a loss as people write it. */
export function nameOf(id: string): string {
  return NAMES[id] ?? id;
}
