import * as z from 'zod';

const count = z.int().min(0);
const ends = z.tuple([count, count]);

/** Top and bottom, left and right. Keras takes them as pairs, as one number for each pair, or as one for all. */
export const edgePairs: z.ZodType<readonly [[number, number], [number, number]]> = z.pipe(
  z.union([z.tuple([ends, ends]), ends, count]),
  z.transform((value): [[number, number], [number, number]] => {
    const [rows, columns] = typeof value === 'number' ? [value, value] : value;
    return [bothEnds(rows), bothEnds(columns)];
  }),
);

function bothEnds(side: number | [number, number]): [number, number] {
  return typeof side === 'number' ? [side, side] : side;
}
