/** A name that Keras made: the kind of the layer, and how many came before it. */
const AUTOMATIC_NAME = /^(conv2d|batch_normalization)(?:_(\d+))?$/;

/**
 * Gives layers of a file the names that they have in the model. Where the model has automatic names, those of the file
 * mean nothing but an order: Keras counts on through a session (`conv2d_1`, `conv2d_95`), so that the n-th
 * of a kind is the n-th here.
 *
 * @returns the model's name of a file's layer: its own, or for one with an automatic name of which the model has fewer
 * `undefined`
 */
export function matchLayers(
  model: readonly string[],
  file: readonly string[],
): (layer: string) => string | undefined {
  const inModel = byKind(model);
  const inFile = byKind(file);
  const names = new Map<string, string | undefined>();
  for (const [kind, numbered] of inFile) {
    const wanted = inModel.get(kind);
    if (wanted === undefined) continue;
    for (const [index, name] of numbered.entries()) {
      names.set(name, wanted[index]);
    }
  }
  return (layer) => (names.has(layer) ? names.get(layer) : layer);
}

/** The automatic names by kind, in the order of creation. */
function byKind(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const numbered = new Map<string, { name: string; number: number }[]>();
  for (const name of new Set(names)) {
    const [, kind, number = '0'] = AUTOMATIC_NAME.exec(name) ?? [];
    if (kind === undefined) continue;
    const same = numbered.get(kind) ?? [];
    same.push({ name, number: Number(number) });
    numbered.set(kind, same);
  }
  return new Map(
    [...numbered].map(([kind, same]) => [
      kind,
      same.sort((a, b) => a.number - b.number).map(({ name }) => name),
    ]),
  );
}
