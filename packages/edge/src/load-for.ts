import type { Classifier } from '@isometry/core';
import type { Context } from 'hono';
import type { ClassifierSlot } from './classifier-slot.ts';

/**
 * Loads the slot's classifier on behalf of a request. A Worker drops what a request has begun when it
 * is answered or its client goes away; but this load is everybody's, and the next request would wait
 * for it forever. So the Worker is told to see it through.
 */
export function loadFor(context: Context, slot: ClassifierSlot): Promise<Classifier> {
  const loading = slot.load();
  if (slot.state.status !== 'loaded') {
    let execution: { waitUntil(promise: Promise<unknown>): void } | undefined;
    try {
      execution = context.executionCtx;
    } catch {
      // Hono throws where the platform has no such thing; nothing is dropped there.
    }
    execution?.waitUntil(loading.catch(() => undefined));
  }
  return loading;
}
