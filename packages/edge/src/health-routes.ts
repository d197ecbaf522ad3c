import { isIsometryError, type Classifier, type Health } from '@isometry/core';
import type { Context } from 'hono';
import type { ClassifierSlot } from './classifier-slot.ts';
import { loadFor } from './load-for.ts';
import { seeThrough } from './see-through.ts';

/**
 * How long a passed or failed self-test is believed, in milliseconds. It costs a run of the model, and
 * the route is open to everybody: without this it would be a cheap way to keep the server busy.
 * 10 s is Kubernetes' default between two probes.
 */
export const HEALTH_TTL_MS = 10_000;

/** The body of both health routes. */
export interface HealthJson {
  readonly status: 'live' | 'loading' | 'failed' | 'unhealthy' | 'ready';
  /** Why the model did not load (an error code), or how the self-test failed. */
  readonly reason?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly model_digest?: string;
}

/** `GET /health/live`: the process answers. Never looks at the classifier. */
export function liveRoute(): (context: Context) => Response {
  return (context) => context.json({ status: 'live' } satisfies HealthJson);
}

/** `GET /health/ready`: 200 when the model is loaded and its canary came out as at export, else 503. */
export function readyRoute(
  slot: ClassifierSlot,
  report: (error: unknown) => void,
): (context: Context) => Promise<Response> {
  let last: { readonly health: Promise<Health>; readonly at: number } | undefined;
  return async (context) => {
    const { state } = slot;
    if (state.status !== 'loaded') {
      loadFor(context, slot).catch(report);
      return context.json(
        state.status === 'failed'
          ? ({ status: 'failed', reason: state.code ?? 'unknown' } satisfies HealthJson)
          : ({ status: 'loading' } satisfies HealthJson),
        503,
      );
    }
    const { classifier } = state;
    if (last === undefined || Date.now() - last.at >= HEALTH_TTL_MS) {
      // The promise, not its result: probes that come during the self-test share it.
      last = { health: runCanary(classifier, report), at: Date.now() };
      seeThrough(context, last.health);
    }
    const { ok, provider, reason } = await last.health;
    const body: HealthJson = {
      status: ok ? 'ready' : 'unhealthy',
      ...(reason === undefined ? {} : { reason }),
      provider,
      model: classifier.manifest.name,
      model_digest: classifier.modelDigest,
    };
    return context.json(body, ok ? 200 : 503);
  };
}

async function runCanary(
  classifier: Classifier,
  report: (error: unknown) => void,
): Promise<Health> {
  try {
    return await classifier.health();
  } catch (error) {
    report(error);
    const reason = isIsometryError(error) ? error.code : 'unknown';
    return { ok: false, provider: classifier.provider, reason };
  }
}
