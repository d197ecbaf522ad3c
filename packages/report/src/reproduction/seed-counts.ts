import type { Cell } from '../page/page.ts';
import type { GridRow } from './reproduction.ts';

type Seeded = Pick<GridRow, 'seeds'>;

/** The most seeds that a row has. */
export function mostSeeds(rows: readonly Seeded[]): number {
  return Math.max(0, ...rows.map(({ seeds }) => seeds.length));
}

/** How many seeds a row has, and of how many where it lacks some that others have. */
export function seedCell({ seeds }: Seeded, rows: readonly Seeded[]): Cell {
  const most = mostSeeds(rows);
  const count = seeds.length;
  return { text: count < most ? `${count} of ${most}` : `${count}`, sort: count };
}

/** What to write behind a row's name: nothing where it has as many seeds as any. */
export function seedMark({ seeds }: Seeded, rows: readonly Seeded[]): string {
  const most = mostSeeds(rows);
  return seeds.length < most ? ` (${seeds.length} of ${most} seeds)` : '';
}

export function countSeeds(count: number): string {
  return `${count} seed${count === 1 ? '' : 's'}`;
}
