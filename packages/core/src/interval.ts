import { IsometryError } from './errors.ts';
import type { Interval } from './manifest.ts';

/** Two-sided normal quantile for 95 %. */
const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval for a proportion, 95 % (E. B. Wilson, JASA 22, 1927).
 * It stays inside 0 to 1 and is right for small counts, unlike `p ± 1.96·se`.
 * @throws `OPTION_INVALID` unless 0 <= successes <= total and total > 0
 */
export function wilsonInterval(successes: number, total: number): Interval {
  if (!(total > 0) || !(successes >= 0) || successes > total) {
    throw new IsometryError('OPTION_INVALID', `${successes} of ${total} is not a proportion.`);
  }
  const p = successes / total;
  const z2 = Z_95 * Z_95;
  const centre = (p + z2 / (2 * total)) / (1 + z2 / total);
  const half =
    (Z_95 * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total))) / (1 + z2 / total);
  return {
    value: p,
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === total ? 1 : Math.min(1, centre + half),
    level: 0.95,
    method: 'wilson',
  };
}
