import { IsometryError } from '@isometry/core';

/** TensorFlow.js, whichever backend it runs on. */
export type Tfjs = typeof import('@tensorflow/tfjs');

/**
 * Loads TensorFlow.js in plain JavaScript: what there is where libtensorflow is not set up. MobileNet at 128 px
 * takes it more than half a second an image.
 * @throws `PACKAGE_MISSING`
 */
export async function loadPlainTfjs(): Promise<Tfjs> {
  let loaded: Tfjs & { readonly default?: Tfjs };
  try {
    loaded = await import('@tensorflow/tfjs');
  } catch (cause) {
    throw new IsometryError('PACKAGE_MISSING', 'TensorFlow.js does not load.', {
      hint: 'Run `npm install --ignore-scripts @tensorflow/tfjs`.',
      cause,
    });
  }
  const tf = loaded.default ?? loaded;
  // In development mode it advises on the console to use tfjs-node; a library prints nothing.
  tf.enableProdMode();
  await tf.ready();
  return tf;
}
