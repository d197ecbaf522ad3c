import { IsometryError } from '@isometry/core';

/** @throws `OPTION_INVALID` unless every list is as long as the first */
export function assertLengths(lists: Readonly<Record<string, number>>): void {
  const [first, ...others] = Object.entries(lists);
  const odd = others.find(([, length]) => length !== first?.[1]);
  if (first === undefined || odd === undefined) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `${odd[0]} has ${odd[1]} entries and ${first[0]} has ${first[1]}.`,
  );
}

/** @throws `OPTION_INVALID` unless every value is a number between `low` and `high` */
export function assertNumbers(
  name: string,
  values: readonly number[],
  low: number = -Infinity,
  high: number = Infinity,
): void {
  const odd = values.find((value) => !(Number.isFinite(value) && value >= low && value <= high));
  if (odd === undefined) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `${name} holds ${odd}, not a number of ${low} to ${high}.`,
  );
}
