import { IsometryError } from '@isometry/core';
import { Hono, type Context } from 'hono';
import { ClassifierSlot, type ClassifierSource } from './classifier-slot.ts';
import { classifyRoute } from './classify-route.ts';
import { resolveEdgeLimits, type EdgeLimits } from './edge-limits.ts';
import { liveRoute, readyRoute } from './health-routes.ts';
import { problemResponse, toProblem } from './problem.ts';

/** What {@link createEdgeApp} takes. */
export interface CreateEdgeAppOptions {
  readonly classifier: ClassifierSource;
  /** @defaultValue {@link DEFAULT_EDGE_LIMITS} */
  readonly limits?: Partial<EdgeLimits> | undefined;
  /**
   * Is told of every error that the client sees only as a 5xx without details. The app itself logs
   * nothing.
   * @defaultValue the error is dropped
   */
  readonly onInternalError?: ((error: unknown) => void) | undefined;
}

/**
 * Puts a classifier behind HTTP: `POST /v1/classify`, `GET /health/live`, `GET /health/ready`. Errors
 * are `application/problem+json` (RFC 9457) with Isometry's code and hint.
 *
 * @example
 * import { serve } from '@hono/node-server';
 * import { createEdgeApp } from '@isometry/edge';
 * import { loadClassifier } from '@isometry/runtime-node';
 * serve({ fetch: createEdgeApp({ classifier: loadClassifier('model.onnx') }).fetch, port: 8080 });
 *
 * @throws `OPTION_INVALID` for a limit that is not a positive integer
 */
export function createEdgeApp(options: CreateEdgeAppOptions): Hono {
  const limits = resolveEdgeLimits(options.limits);
  const slot = new ClassifierSlot(options.classifier);
  const report = (error: unknown): void => options.onInternalError?.(error);
  const app = new Hono();

  app.use(async (context, next) => {
    await next();
    // An answer belongs to one image; and a JSON body must never be taken for a page.
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
  });

  app.post('/v1/classify', classifyRoute(slot, limits, report));
  app.all('/v1/classify', refuseMethod('POST'));
  app.get('/health/live', liveRoute());
  app.all('/health/live', refuseMethod('GET, HEAD'));
  app.get('/health/ready', readyRoute(slot, report));
  app.all('/health/ready', refuseMethod('GET, HEAD'));

  app.notFound((context) =>
    problemResponse(
      toProblem(
        new IsometryError('REQUEST_NOT_FOUND', `There is no ${context.req.path} here.`, {
          hint: 'The routes are POST /v1/classify, GET /health/live and GET /health/ready.',
        }),
      ),
    ),
  );
  app.onError((error) => {
    const problem = toProblem(error);
    if (problem.status >= 500) report(error);
    return problemResponse(problem);
  });
  return app;
}

function refuseMethod(allow: string): (context: Context) => Response {
  return (context) => {
    const response = problemResponse(
      toProblem(
        new IsometryError(
          'REQUEST_METHOD_UNSUPPORTED',
          `${context.req.path} does not take ${context.req.method}.`,
          { hint: `Use ${allow}.` },
        ),
      ),
    );
    response.headers.set('Allow', allow);
    return response;
  };
}
