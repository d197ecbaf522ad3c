import { createRandom, type Random } from '@isometry/core';

/** Images with their classes, what two models take them for, and probabilities that are neither model's. */
export interface ClassificationCase {
  readonly classes: number;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly other: readonly number[];
  /** `[N, classes]`, row-major. */
  readonly probabilities: readonly number[];
  readonly bins: number;
}

/**
 * 2 to 12 classes, 1 to 300 images, shares from even to very skewed. Classes are absent from truth, from predictions
 * or from both; every ninth model has one answer for all. Probabilities are spread out, or tied on a grid, or hold
 * exact 0 and 1.
 */
export function drawClassificationCases(count: number): readonly ClassificationCase[] {
  return Array.from({ length: count }, (_, round) => {
    const random = createRandom(round, 'classification-cases');
    const classes = 2 + Math.floor(random.next() * 11);
    const size = round % 8 === 0 ? 1 + Math.floor(random.next() * 4) : drawSize(random);
    const shares = drawShares(random, classes, round);
    const truth = Array.from({ length: size }, () => pick(random, shares));
    const guesses = drawShares(random, classes, round + 1);
    const answer = (skill: number) => (own: number) =>
      random.next() < skill ? own : pick(random, guesses);
    const constant = pick(random, guesses);
    return {
      classes,
      truth,
      predicted: round % 9 === 0 ? truth.map(() => constant) : truth.map(answer(random.next())),
      other: truth.map(answer(random.next())),
      probabilities: truth.flatMap((own) => drawProbabilities(random, classes, own, round)),
      bins: round % 2 === 0 ? 15 : 1 + Math.floor(random.next() * 20),
    };
  });
}

function drawSize(random: Random): number {
  return 1 + Math.floor(300 * random.next() ** 2);
}

/** Powers of uniform numbers; in two of three rounds some classes have no share. */
function drawShares(random: Random, classes: number, round: number): readonly number[] {
  const power = round % 5;
  const shares = Array.from({ length: classes }, () => (random.next() + 0.01) ** power);
  if (round % 3 === 0) return shares;
  const kept = Math.floor(random.next() * classes);
  return shares.map((share, index) => (index === kept || random.next() < 0.7 ? share : 0));
}

function pick(random: Random, shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let rest = random.next() * total;
  const found = shares.findIndex((share) => (rest -= share) < 0);
  return found === -1 ? shares.findLastIndex((share) => share > 0) : found;
}

function drawProbabilities(
  random: Random,
  classes: number,
  own: number,
  round: number,
): readonly number[] {
  const sure = random.next() < 0.6 ? own : Math.floor(random.next() * classes);
  if (round % 4 === 0 || (round % 4 === 1 && random.next() < 0.2)) {
    // Sixteenths that add up to 1: many images score the same, and 0 and 1 occur.
    const parts = Array.from({ length: classes }, () => 0);
    for (let sixteenth = 0; sixteenth < 16; sixteenth += 1) {
      const index = random.next() < 0.7 ? sure : Math.floor(random.next() * classes);
      parts[index] = (parts[index] as number) + 1 / 16;
    }
    return parts;
  }
  const sharpness = 1 + (round % 4) * 4;
  const weights = Array.from({ length: classes }, (_, index) =>
    Math.exp(sharpness * (random.next() + (index === sure ? 0.4 : 0))),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
