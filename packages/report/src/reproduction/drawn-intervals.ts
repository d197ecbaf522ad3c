import {
  bootstrapInterval,
  pairedBootstrap,
  type Interval,
  type PairedDifference,
} from '@isometry/core';

/** Several numbers of all rows, then of every draw. */
export type Drawn<Name extends string> = readonly Readonly<Record<Name, number>>[];

/** Measures several numbers on the draws of core's bootstrap, which are the same for the same clusters. */
export function drawValues<Name extends string>(
  measure: (rows: Int32Array) => Readonly<Record<Name, number>>,
  clusters: Int32Array,
): Drawn<Name> {
  const drawn: Readonly<Record<Name, number>>[] = [];
  bootstrapInterval(clusters.length, (rows) => drawn.push(measure(rows)), { clusters });
  return drawn;
}

/** To the bit what core's `bootstrapInterval` gives for one of the numbers. */
export function drawnInterval<Name extends string>(drawn: Drawn<Name>, name: Name): Interval {
  return bootstrapInterval(1, inTurn(drawn, name), { clusters: [0] });
}

/** To the bit what core's `pairedBootstrap` gives for one of the numbers, where both were measured with the same clusters. */
export function drawnDifference<Name extends string>(
  left: Drawn<Name>,
  right: Drawn<Name>,
  name: Name,
): PairedDifference {
  return pairedBootstrap(1, inTurn(left, name), inTurn(right, name), { clusters: [0] });
}

/** A statistic that was measured before: core asks for that of all rows first, and then draw by draw. */
function inTurn<Name extends string>(drawn: Drawn<Name>, name: Name): () => number {
  const values = drawn.map((own) => own[name]).values();
  return () => values.next().value ?? Number.NaN;
}
