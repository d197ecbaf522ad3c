import { IsometryError } from '@isometry/core';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Parses `90m`, `2h`, `1h30m`, `45s` or `1.5h` into seconds.
 * @throws `OPTION_INVALID`
 */
export function parseDuration(text: string): number {
  const bare = text.replaceAll(' ', '');
  const parts = [...bare.matchAll(/(\d+(?:\.\d+)?)([smhd])/gu)];
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit as string] as number),
    0,
  );
  const isWhole = parts.map(([part]) => part).join('') === bare;
  if (isWhole && seconds > 0) return seconds;
  throw new IsometryError('OPTION_INVALID', `"${text}" is not a time.`, {
    hint: 'Give e.g. 45m, 90m, 2h or 1h30m.',
    details: { value: text },
  });
}

/** `40 s`, `12 min`, `2 h 5 min`: rounded up, as a waiting person counts. */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
