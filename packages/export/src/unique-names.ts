/** Names of which each is given once. */
export class UniqueNames {
  readonly #taken: Set<string>;
  /** The last number tried for a name: many names alike would else be counted through each time. */
  readonly #counts: Map<string, number> = new Map();

  constructor(taken: readonly string[] = []) {
    this.#taken = new Set(taken);
  }

  /** The name, or the name with a number when it is taken; taken from then on. */
  take(name: string): string {
    let free = name;
    let count = this.#counts.get(name) ?? 0;
    while (this.#taken.has(free)) free = `${name}_${++count}`;
    if (count > 0) this.#counts.set(name, count);
    this.#taken.add(free);
    return free;
  }

  release(name: string): void {
    this.#taken.delete(name);
  }
}
