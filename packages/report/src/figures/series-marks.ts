// In Vega's unit square, of about equal areas: its own triangle looks half as large as its square.
const SQUARE = 'M-0.86,-0.86L0.86,-0.86L0.86,0.86L-0.86,0.86Z';
const TRIANGLE_UP = 'M0,-1.12L1.15,0.88L-1.15,0.88Z';
const TRIANGLE_DOWN = 'M0,1.12L1.15,-0.88L-1.15,-0.88Z';
const SALTIRE =
  'M-1,-0.65L-0.65,-1L0,-0.35L0.65,-1L1,-0.65L0.35,0L1,0.65L0.65,1L0,0.35L-0.65,1L-1,0.65L-0.35,0Z';
const STAR =
  'M0,-1.15L0.28,-0.38L1.09,-0.36L0.45,0.15L0.68,0.93L0,0.48L-0.68,0.93L-0.45,0.15L-1.09,-0.36L-0.28,-0.38Z';

/** One shape per class, beside its colour: what grey print and every eye can tell apart. */
export const SHAPES: readonly string[] = [
  'circle',
  TRIANGLE_UP,
  SQUARE,
  'cross',
  'diamond',
  SALTIRE,
  TRIANGLE_DOWN,
  STAR,
];

/** One pattern per curve, beside its colour. */
export const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
  [14, 4],
  [4, 2, 4, 6],
  [1, 4],
  [9, 3, 2, 3, 2, 3],
];
