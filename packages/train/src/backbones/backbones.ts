import type { Backbone } from './backbone.ts';
import { INCEPTION_V3 } from './inception-v3.ts';
import { MOBILENET } from './mobilenet.ts';
import { RESNET50 } from './resnet50.ts';

export type BackboneName = 'mobilenet' | 'resnet50' | 'inceptionv3';

/** The networks below the embedding, by the name that options and manifests give them. */
export const BACKBONES: Readonly<Record<BackboneName, Backbone>> = {
  mobilenet: MOBILENET,
  resnet50: RESNET50,
  inceptionv3: INCEPTION_V3,
};
