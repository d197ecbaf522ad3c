import type { Classifier } from '@isometry/core';
import type { Context } from 'hono';
import type { ClassifierSlot } from './classifier-slot.ts';
import { seeThrough } from './see-through.ts';

/** Loads the slot's classifier on behalf of a request; the load is everybody's. */
export function loadFor(context: Context, slot: ClassifierSlot): Promise<Classifier> {
  const loading = slot.load();
  if (slot.state.status !== 'loaded') seeThrough(context, loading);
  return loading;
}
