/** The defaults of Kingma and Ba 2015, with Keras' epsilon. */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;

/** Adam over one array of weights, which it changes in place. */
export function createAdam(
  weights: Float64Array,
  learningRate: number,
): { step(gradient: Float64Array): void } {
  const mean = new Float64Array(weights.length);
  const square = new Float64Array(weights.length);
  let steps = 0;
  return {
    step: (gradient) => {
      steps += 1;
      const unbias1 = 1 - BETA_1 ** steps;
      const unbias2 = 1 - BETA_2 ** steps;
      for (const [at, g] of gradient.entries()) {
        const m = BETA_1 * (mean[at] as number) + (1 - BETA_1) * g;
        const v = BETA_2 * (square[at] as number) + (1 - BETA_2) * g * g;
        mean[at] = m;
        square[at] = v;
        weights[at] =
          (weights[at] as number) -
          (learningRate * (m / unbias1)) / (Math.sqrt(v / unbias2) + EPSILON);
      }
    },
  };
}
