import { IsometryError } from '@isometry/core';
import type { BackboneName } from '@isometry/train';

/** One of Keras' official files: ImageNet weights of a backbone, without the classifier on top. */
export interface ImagenetFile {
  readonly backbone: BackboneName;
  readonly widthMultiplier: number;
  /** Width and height of the images that it was trained on. */
  readonly size: number;
  readonly name: string;
  /** Below the address of Keras' applications. */
  readonly path: string;
  /** As Keras publishes it; it has none for MobileNet. */
  readonly md5?: string;
}

/** Where Keras' own code downloads from (`keras/src/applications`). */
export const OFFICIAL_ADDRESS = 'https://storage.googleapis.com/tensorflow/keras-applications';

/** Keras has MobileNet's weights for these sides; for any other input it takes the last. */
const MOBILENET_SIZES = [128, 160, 192, 224] as const;
const MOBILENET_WIDTHS = [0.25, 0.5, 0.75, 1] as const;

/** All official files. */
export const IMAGENET_FILES: readonly ImagenetFile[] = [
  ...MOBILENET_WIDTHS.flatMap((widthMultiplier) =>
    MOBILENET_SIZES.map((size): ImagenetFile => {
      const width = { 0.25: '2_5', 0.5: '5_0', 0.75: '7_5', 1: '1_0' }[widthMultiplier];
      const name = `mobilenet_${width}_${size}_tf_no_top.h5`;
      return { backbone: 'mobilenet', widthMultiplier, size, name, path: `mobilenet/${name}` };
    }),
  ),
  {
    backbone: 'resnet50',
    widthMultiplier: 1,
    size: 224,
    name: 'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5',
    path: 'resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5',
    md5: '4d473c1dd8becc155b73f8504c6f6626',
  },
  {
    backbone: 'inceptionv3',
    widthMultiplier: 1,
    size: 299,
    name: 'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5',
    path: 'inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5',
    md5: 'bcbd6486424b2319ff4ef7d526e38f63',
  },
];

/** Which network the weights are for. */
export interface ImagenetRequest {
  readonly backbone: string;
  /** @defaultValue 1 */
  readonly widthMultiplier?: number | undefined;
  /** Of the model's input. @defaultValue 128, as in training */
  readonly size?: number | undefined;
}

/**
 * The file that Keras itself would take for this network.
 * @throws `OPTION_INVALID` when there is none of that backbone and width
 */
export function imagenetFileFor({
  backbone,
  widthMultiplier = 1,
  size = 128,
}: ImagenetRequest): ImagenetFile {
  const candidates = IMAGENET_FILES.filter(
    (file) => file.backbone === backbone && file.widthMultiplier === widthMultiplier,
  );
  const file = candidates.find((candidate) => candidate.size === size) ?? candidates.at(-1);
  if (file !== undefined) return file;
  throw new IsometryError(
    'OPTION_INVALID',
    `There are no ImageNet weights of ${backbone} at width ${widthMultiplier}.`,
    { hint: '`isometry weights list` shows which there are.' },
  );
}
