import type { Tfjs } from '../tfjs.ts';

/** Uses tfjs' backend `cpu` once, silently: it prints an advertisement of tfjs-node when it is first used. */
export async function quietJavaScriptBackend(tf: Tfjs): Promise<void> {
  const backend = tf.getBackend();
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
  tf.tidy(() => tf.ones([1]).add(1));
  await tf.setBackend(backend);
  // The flag also has tfjs take a gradient's saved tensors for leaks.
  tf.env().set('IS_TEST', false);
}
