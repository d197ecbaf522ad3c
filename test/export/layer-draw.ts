import { randomValues } from './layers-model.ts';

/** Choices that follow from a seed. */
export class Draw {
  readonly #values: Float32Array;
  #next = 0;

  constructor(seed: number) {
    this.#values = randomValues(1000, seed);
  }

  /** A whole number, both ends included. */
  int(low: number, high: number): number {
    const unit = ((this.#values[this.#next++] as number) + 1) / 2;
    return Math.min(low + Math.floor(unit * (high - low + 1)), high);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.int(0, items.length - 1)] as Item;
  }

  isTrue(): boolean {
    return this.int(0, 1) === 1;
  }

  pair(low: number, high: number): [number, number] {
    return [this.int(low, high), this.int(low, high)];
  }

  padding(): 'same' | 'valid' {
    return this.pick(['same', 'valid']);
  }
}
