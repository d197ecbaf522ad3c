import { createRandom, type EmbeddingDistance, type Random } from '@isometry/core';

export interface EmbeddingRows {
  readonly rows: readonly (readonly number[])[];
  readonly classes: readonly number[];
}

export interface RetrievalCase {
  readonly query: EmbeddingRows;
  /** Absent: the query itself, without each own image. */
  readonly reference?: EmbeddingRows;
  readonly size: number;
  readonly distance: EmbeddingDistance;
  readonly recallAt: readonly number[];
  /** Neighbours that vote; null where there is none. */
  readonly k: number | null;
  readonly kind: Kind;
  /** Whether no two references are equally near, so that every search has one answer. */
  readonly isDistinct: boolean;
}

const KINDS = ['whole', 'grid', 'real', 'direction'] as const;
type Kind = (typeof KINDS)[number];

/**
 * 1 to 40 images in 1 to 8 dimensions, of 2 to 12 classes, some of them of one image, in every other case against
 * a reference that lacks some classes. By turns: whole numbers whose distances float32 keeps, a grid full of ties and
 * duplicates, real numbers at four scales, and directions, some of them without length.
 */
export function drawRetrievalCases(count: number): readonly RetrievalCase[] {
  return Array.from({ length: count }, (_, round) => drawCase(round));
}

function drawCase(round: number): RetrievalCase {
  const random = createRandom(round, 'retrieval-cases');
  const kind = KINDS[round % KINDS.length] as Kind;
  const classes = 2 + Math.floor(random.next() * 11);
  const size = { whole: 3, grid: 1, real: 1, direction: 2 }[kind] + Math.floor(random.next() * 6);
  const hasReference = round % 8 >= 4;
  const query = drawRows(random, kind, { classes, size, round });
  const reference = hasReference ? drawRows(random, kind, { classes, size, round }) : undefined;
  const others = reference?.rows.length ?? query.rows.length - 1;
  const distance = kind === 'direction' ? 'cosine' : 'euclidean';
  const drawn = {
    query,
    size,
    distance,
    recallAt: [1, 2, 5, 1 + Math.floor(random.next() * 60)],
    k: others === 0 ? null : 1 + Math.floor(random.next() * Math.min(others, 11)),
    ...(reference === undefined ? {} : { reference }),
  } as const;
  return { ...drawn, kind, isDistinct: !hasTies(query, reference) };
}

function drawRows(
  random: Random,
  kind: Kind,
  { classes, size, round }: { classes: number; size: number; round: number },
): EmbeddingRows {
  const count =
    round % 12 === 0 ? 1 + Math.floor(random.next() * 3) : 1 + Math.floor(random.next() * 40);
  // The square leaves the last classes with few images, or none.
  const labels = Array.from({ length: count }, () => Math.floor(random.next() ** 2 * classes));
  const scale = 10 ** ((round % 16) / 4 - 2);
  const draw = {
    whole: () => Math.floor(random.next() * 1000) - 500,
    grid: () => Math.floor(random.next() * 3),
    real: () => Math.fround(scale * (random.next() - 0.5)),
    direction: () => Math.fround(random.next() - 0.5),
  }[kind];
  const rows = labels.map((label) => {
    const row = Array.from({ length: size }, draw);
    if (kind === 'direction' && random.next() < 0.05) return row.map(() => 0);
    // Images of a class lie nearer to each other than others do.
    if (kind !== 'grid')
      row[0] = Math.fround((row[0] as number) / 2 + (label * (row[1] ?? 0)) / 99);
    return kind === 'whole' ? row.map(Math.round) : row;
  });
  return { rows, classes: labels };
}

/** Also where an image has no direction: it is equally far from all. */
function hasTies(query: EmbeddingRows, reference: EmbeddingRows | undefined): boolean {
  const all = [...query.rows, ...(reference?.rows ?? [])];
  if (all.some((row) => row.every((value) => value === 0))) return true;
  return query.rows.some((row, index) => {
    const others = reference?.rows ?? query.rows.filter((_, other) => other !== index);
    const squares = others.map((other) =>
      other.reduce((sum, value, axis) => sum + (value - (row[axis] as number)) ** 2, 0),
    );
    return new Set(squares).size < squares.length;
  });
}
