import {
  bootstrapInterval,
  pairedBootstrap,
  type Interval,
  type PairedDifference,
} from '@isometry/core';

/** Several numbers of the images of some rows. */
type Measure<Name extends string> = (rows: Int32Array) => Readonly<Record<Name, number>>;

/** Core's `bootstrapInterval` for several numbers: to the bit what it gives for each, but drawn and measured once. */
export function drawnIntervals<Name extends string>(
  names: readonly Name[],
  measure: Measure<Name>,
  clusters: Int32Array,
): Record<Name, Interval> {
  const drawn = draw(measure, clusters);
  return record(names, (name) => bootstrapInterval(1, inTurn(drawn, name), { clusters: [0] }));
}

/** Core's `pairedBootstrap` for several differences of the same rows, likewise. */
export function drawnDifferences<Name extends string>(
  names: readonly Name[],
  measure: Measure<Name>,
  clusters: Int32Array,
): Record<Name, PairedDifference> {
  const drawn = draw(measure, clusters);
  return record(names, (name) =>
    pairedBootstrap(1, inTurn(drawn, name), () => 0, { clusters: [0] }),
  );
}

type Drawn<Name extends string> = readonly Readonly<Record<Name, number>>[];

/** Of all rows, then of every draw. */
function draw<Name extends string>(measure: Measure<Name>, clusters: Int32Array): Drawn<Name> {
  const drawn: Readonly<Record<Name, number>>[] = [];
  bootstrapInterval(clusters.length, (rows) => drawn.push(measure(rows)), { clusters });
  return drawn;
}

/** A statistic that was measured before: core asks for that of all rows first, and then draw by draw. */
function inTurn<Name extends string>(drawn: Drawn<Name>, name: Name): () => number {
  const values = drawn.map((own) => own[name]).values();
  return () => values.next().value ?? Number.NaN;
}

function record<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}
