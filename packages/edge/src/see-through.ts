import type { Context } from 'hono';

/**
 * Tells a Worker to see `work` through although the request that began it may be answered, or its
 * client gone, before: a Worker drops what is left then, and other requests wait for this work.
 */
export function seeThrough(context: Context, work: Promise<unknown>): void {
  let execution: { waitUntil(promise: Promise<unknown>): void } | undefined;
  try {
    execution = context.executionCtx;
  } catch {
    // Hono throws where the platform has no such thing; nothing is dropped there.
  }
  execution?.waitUntil(work.catch(() => undefined));
}
