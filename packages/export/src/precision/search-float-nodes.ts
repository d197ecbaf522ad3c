import { throwIfAborted, type Progress } from '@isometry/core';
import type { VariantError } from './compare-answers.ts';

/** A model with some nodes left in float32, measured. */
export interface Measured {
  readonly sizeBytes: number;
  readonly error: VariantError;
}

export interface SearchFloatNodesOptions {
  /** Names of the nodes that may be left in float32. */
  readonly candidates: readonly string[];
  /** Quantises all but `keepFloat` and measures it. */
  readonly measure: (keepFloat: readonly string[]) => Promise<Measured>;
  /** The same on fewer images: enough for an order of the nodes, and there are many. */
  readonly glance: (keepFloat: readonly string[]) => Promise<Measured>;
  readonly maxSizeBytes: number;
  /** Whether an error is small enough. */
  readonly isEnough: (error: VariantError) => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How many of the nodes that gain most are tried together: each costs speed, and the first ones gain most. */
const MAX_FLOAT_NODES = 8;

/** A node that gains less than a twentieth of what is lost is not worth its time. */
const LEAST_GAIN = 0.05;

/**
 * Finds the nodes that hurt most in int8: leaves each in float32 by itself and measures what that gains in divergence,
 * then adds them in the order of the gain, each only if it still gains a twentieth, until the error is small enough or the size
 * is spent. The order of equal ones is the graph's: the same images give the same nodes.
 * @returns the nodes to be left in float32; none when the error is small enough without
 */
export async function searchFloatNodes(
  options: SearchFloatNodesOptions,
): Promise<readonly string[]> {
  const { candidates, measure, glance, maxSizeBytes, isEnough, signal, onProgress } = options;
  let current = await measure([]);
  if (isEnough(current.error)) return [];
  const { divergence } = (await glance([])).error;
  const gains: { readonly name: string; readonly gain: number }[] = [];
  for (const [index, name] of candidates.entries()) {
    throwIfAborted(signal);
    onProgress?.({ stage: 'search', done: index, total: candidates.length, message: name });
    // One session at a time.
    // oxlint-disable-next-line no-await-in-loop
    const { sizeBytes, error } = await glance([name]);
    const gain = divergence - error.divergence;
    if (sizeBytes <= maxSizeBytes && gain > LEAST_GAIN * divergence) gains.push({ name, gain });
  }
  onProgress?.({ stage: 'search', done: candidates.length, total: candidates.length });
  const kept: string[] = [];
  const best = gains.toSorted((a, b) => b.gain - a.gain).slice(0, MAX_FLOAT_NODES);
  for (const { name } of best) {
    throwIfAborted(signal);
    const next = await measure([...kept, name]); // oxlint-disable-line no-await-in-loop
    if (next.sizeBytes > maxSizeBytes) continue;
    if (next.error.divergence >= (1 - LEAST_GAIN) * current.error.divergence) continue;
    kept.push(name);
    current = next;
    if (isEnough(current.error)) break;
  }
  return kept;
}
