import * as tf from '@tensorflow/tfjs';

// In development mode the backend advises on the console to use tfjs-node: not here, the exporter
// must be judged without it.
tf.enableProdMode();

export { tf };
