import { squaredDistance, type EmbeddingPoints } from './embedding-points.ts';

/** Steps of the search for one point's bandwidth, and the difference of entropy at which it ends: scikit-learn's. */
const SEARCH_STEPS = 100;
const ENTROPY_TOLERANCE = 1e-5;

/** Place of the pair `a > b` in a list of all pairs. */
export function pairIndex(a: number, b: number): number {
  return (a * (a - 1)) / 2 + b;
}

/**
 * How likely two points are neighbours (van der Maaten and Hinton 2008, equation 1 and symmetrised): one number a pair,
 * which together sum to 1/2, each pair standing for both its directions. Each point's Gaussian is as wide as gives it
 * `perplexity` neighbours.
 */
export async function tsneAffinities(
  points: EmbeddingPoints,
  { count, perplexity, pause }: { count: number; perplexity: number; pause: () => Promise<void> },
): Promise<Float64Array> {
  const distances = new Float64Array(pairIndex(count, 0));
  for (let a = 1; a < count; a += 1) {
    for (let b = 0; b < a; b += 1) distances[pairIndex(a, b)] = squaredDistance(points, a, b);
    await pause();
  }
  const affinities = new Float64Array(distances.length);
  const row = new Float64Array(count - 1);
  const weights = new Float64Array(count - 1);
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b < a; b += 1) row[b] = distances[pairIndex(a, b)] as number;
    for (let b = a + 1; b < count; b += 1) row[b - 1] = distances[pairIndex(b, a)] as number;
    conditionalWeights(row, Math.log(perplexity), weights);
    for (let b = 0; b < a; b += 1) {
      (affinities[pairIndex(a, b)] as number) += (weights[b] as number) / (2 * count);
    }
    for (let b = a + 1; b < count; b += 1) {
      (affinities[pairIndex(b, a)] as number) += (weights[b - 1] as number) / (2 * count);
    }
    await pause();
  }
  return affinities;
}

/**
 * One point's distribution over the others, with an entropy of `target` nats. Newton's method in the logarithm of the
 * precision, kept between bounds by bisection; distances are taken from the nearest, so that no weight underflows alone.
 */
function conditionalWeights(distances: Float64Array, target: number, weights: Float64Array): void {
  let nearest = Infinity;
  let mean = 0;
  for (const distance of distances) {
    nearest = Math.min(nearest, distance);
    mean += distance / distances.length;
  }
  const spread = mean - nearest;
  // All others are equally far: every precision gives the same weights.
  if (!(spread > mean * 1e-12)) {
    weights.fill(1 / distances.length);
    return;
  }
  let low = -Infinity;
  let high = Infinity;
  let logPrecision = -Math.log(spread);
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const { entropy, slope } = weigh(distances, nearest, Math.exp(logPrecision), weights);
    const excess = entropy - target;
    if (Math.abs(excess) <= ENTROPY_TOLERANCE) return;
    if (excess > 0) low = logPrecision;
    else high = logPrecision;
    const newton = logPrecision - excess / slope;
    if (newton > low && newton < high && Math.abs(newton - logPrecision) < 3) logPrecision = newton;
    else if (low === -Infinity) logPrecision -= 1;
    else if (high === Infinity) logPrecision += 1;
    else logPrecision = (low + high) / 2;
  }
}

/** Fills in the weights for one precision; their entropy and how it changes with the precision's logarithm. */
function weigh(
  distances: Float64Array,
  nearest: number,
  precision: number,
  weights: Float64Array,
): { readonly entropy: number; readonly slope: number } {
  let total = 0;
  let first = 0;
  let second = 0;
  for (let other = 0; other < distances.length; other += 1) {
    const far = precision * ((distances[other] as number) - nearest);
    const weight = Math.exp(-far);
    weights[other] = weight;
    total += weight;
    first += weight * far;
    second += weight * far * far;
  }
  for (let other = 0; other < distances.length; other += 1) (weights[other] as number) /= total;
  const mean = first / total;
  return { entropy: Math.log(total) + mean, slope: -(second / total - mean * mean) };
}
