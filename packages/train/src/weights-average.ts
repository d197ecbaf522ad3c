import type { Tensor, Variable } from '@tensorflow/tfjs-node';
import type { TensorValues } from './safetensors.ts';
import type { Tfjs } from './tfjs.ts';

/** An exponential moving average of weights, for evaluation (Polyak averaging). */
export interface WeightsAverage {
  /** Takes the weights of one more step in. */
  update(): void;
  /** Runs `work` with the average in the variables' place, and puts the weights back after it. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  state(): ReadonlyMap<string, TensorValues>;
  restore(state: ReadonlyMap<string, TensorValues>, updates: number): void;
  dispose(): void;
}

/** A trainable variable under the name that it has in every process. */
export interface NamedVariable {
  /** `layer/weight`. */
  readonly name: string;
  readonly variable: Variable;
}

/**
 * Averages `decay * average + (1 - decay) * weights` a step; the first steps average evenly,
 * `decay = (1 + n) / (10 + n)` as in TensorFlow's ExponentialMovingAverage, so that the start is forgotten.
 * @param decay 0 to 1, without 1
 */
export function createWeightsAverage(
  tf: Tfjs,
  variables: readonly NamedVariable[],
  decay: number,
): WeightsAverage {
  let averages: Tensor[] = variables.map(({ variable }) => tf.keep(variable.clone()));
  let updates = 0;
  const replace = (next: Tensor[]): void => {
    tf.dispose(averages);
    averages = next.map((tensor) => tf.keep(tensor));
  };
  return {
    update: () => {
      updates += 1;
      const share = 1 - Math.min(decay, (1 + updates) / (10 + updates));
      tf.tidy(() => {
        replace(
          averages.map((average, index) =>
            average.add((variables[index] as NamedVariable).variable.sub(average).mul(share)),
          ),
        );
      });
    },
    during: async (work) => {
      const own = variables.map(({ variable }) => variable.clone());
      for (const [index, { variable }] of variables.entries()) {
        variable.assign(averages[index] as Tensor);
      }
      try {
        return await work();
      } finally {
        for (const [index, { variable }] of variables.entries())
          variable.assign(own[index] as Tensor);
        tf.dispose(own);
      }
    },
    state: () =>
      new Map(
        variables.map(({ name }, index) => {
          const average = averages[index] as Tensor;
          return [
            name,
            { shape: average.shape, values: Float32Array.from(average.dataSync()) },
          ] as const;
        }),
      ),
    restore: (state, count) => {
      updates = count;
      replace(
        variables.map(({ name }, index) => {
          const kept = state.get(name);
          return kept === undefined
            ? (averages[index] as Tensor).clone()
            : tf.tensor(kept.values, [...kept.shape]);
        }),
      );
    },
    dispose: () => {
      tf.dispose(averages);
    },
  };
}
