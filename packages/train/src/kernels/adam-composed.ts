import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';
import type { Moments } from './adam.ts';

interface Kept {
  m: Tensor;
  v: Tensor;
}

/** Moments as tensors, moved by tfjs' own ops: for every backend. */
export function createComposedMoments(tf: Tfjs): Moments {
  const kept = new Map<string, Kept>();
  const replace = (name: string, m: Tensor, v: Tensor): void => {
    const old = kept.get(name);
    kept.set(name, { m: tf.keep(m), v: tf.keep(v) });
    tf.dispose(old === undefined ? [] : [old.m, old.v]);
  };
  return {
    apply: (updates, { learningRate, beta1, beta2, power1, power2, epsilon }) => {
      const rate = (learningRate * Math.sqrt(1 - power2)) / (1 - power1);
      for (const { variable, gradient } of updates) {
        const own = kept.get(variable.name);
        const before = own?.m ?? tf.zerosLike(gradient);
        const squares = own?.v ?? tf.zerosLike(gradient);
        const m = before.add(gradient.sub(before).mul(1 - beta1));
        const v = squares.add(
          gradient
            .square()
            .sub(squares)
            .mul(1 - beta2),
        );
        replace(variable.name, m, v);
        variable.assign(variable.sub(m.mul(rate).div(v.sqrt().add(epsilon))));
      }
    },
    read: () =>
      Object.fromEntries(
        [...kept].map(([name, { m, v }]) => [
          name,
          { m: Float32Array.from(m.dataSync()), v: Float32Array.from(v.dataSync()) },
        ]),
      ),
    write: (name, shape, m, v) =>
      replace(
        name,
        // Copies: tfjs' JavaScript backend would hold on to the caller's array.
        tf.tensor(Float32Array.from(m), shape),
        tf.tensor(Float32Array.from(v), shape),
      ),
    dispose: () => {
      for (const { m, v } of kept.values()) tf.dispose([m, v]);
      kept.clear();
    },
  };
}
