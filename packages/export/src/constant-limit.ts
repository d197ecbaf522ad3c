import { unsupported } from './layer-converter.ts';

/** The most constants that folding one operation makes: 64 MB of float32, of which a hostile shape could ask any number. */
const MOST_CONSTANTS = 16_777_216;

/** How many constants to make. @throws `LAYER_UNSUPPORTED` when that is no count, or too many */
export function constantCount(count: number): number {
  if (!Number.isInteger(count) || count < 0 || count > MOST_CONSTANTS) {
    throw unsupported(`it makes ${count} constants`);
  }
  return count;
}
