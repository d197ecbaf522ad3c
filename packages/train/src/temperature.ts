/** Bounds of the search. Outside, validation says nothing but "as sure" or "as unsure as possible". */
const MIN_TEMPERATURE = 0.05;
const MAX_TEMPERATURE = 20;

/** Halvings of the search interval by the golden section: 40 leave 3e-8 of it. */
const ROUNDS = 40;

/**
 * Finds the temperature T in 0.05 to 20 that minimises the mean negative log-likelihood of
 * `softmax(logits / T)` (Guo et al. 2017), with Platt's targets: a right answer is worth
 * (N+1)/(N+2), not 1, or else a small validation split without a mistake would ask for T = 0.
 * The likelihood of the split is never worse than at T = 1.
 *
 * @param logits `[N, C]`, row-major
 * @param classes the true class of each row
 */
export function fitTemperature(logits: Float64Array, classes: readonly number[]): number {
  const doubt = 1 / (classes.length + 2);
  const cost = (logT: number): number => crossEntropy(logits, classes, Math.exp(logT), doubt);
  // The cost is convex in 1/T, so it has one minimum in any monotone function of T.
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(MIN_TEMPERATURE);
  let high = Math.log(MAX_TEMPERATURE);
  for (let round = 0; round < ROUNDS; round += 1) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    if (cost(left) <= cost(right)) high = right;
    else low = left;
  }
  const best = Math.exp((low + high) / 2);
  const helps =
    negativeLogLikelihood(logits, classes, best) < negativeLogLikelihood(logits, classes, 1);
  return helps ? best : 1;
}

/** Mean over the rows of `-log softmax(logits / temperature)[class]`, in nats. */
export function negativeLogLikelihood(
  logits: Float64Array,
  classes: readonly number[],
  temperature: number,
): number {
  return crossEntropy(logits, classes, temperature, 0);
}

/** The negative log-likelihood at the temperature of {@link fitTemperature}. */
export function calibratedLoss(logits: Float64Array, classes: readonly number[]): number {
  return negativeLogLikelihood(logits, classes, fitTemperature(logits, classes));
}

/** `doubt` is the probability that the target leaves to the other classes together. */
function crossEntropy(
  logits: Float64Array,
  classes: readonly number[],
  temperature: number,
  doubt: number,
): number {
  const size = logits.length / classes.length;
  let sum = 0;
  // Plain loops: training asks for this thousands of times.
  for (let row = 0; row < classes.length; row += 1) {
    const start = row * size;
    let largest = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (let at = start; at < start + size; at += 1) {
      largest = Math.max(largest, logits[at] as number);
      total += logits[at] as number;
    }
    let exponentials = 0;
    for (let at = start; at < start + size; at += 1) {
      exponentials += Math.exp(((logits[at] as number) - largest) / temperature);
    }
    const right = logits[start + (classes[row] as number)] as number;
    const expected = (1 - doubt) * right + (doubt * (total - right)) / (size - 1);
    sum += Math.log(exponentials) + (largest - expected) / temperature;
  }
  return sum / classes.length;
}
