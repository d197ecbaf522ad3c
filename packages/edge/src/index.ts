/**
 * An Isometry classifier behind HTTP, as a Hono app: it runs wherever Hono does. On Cloudflare Workers
 * load the model with `@isometry/edge/workerd`; without a server use `@isometry/runtime-node` or
 * `@isometry/runtime-web` directly.
 *
 * @example
 * import { serve } from '@hono/node-server';
 * import { createEdgeApp } from '@isometry/edge';
 * import { loadClassifier } from '@isometry/runtime-node';
 * const app = createEdgeApp({ classifier: loadClassifier('model.onnx') });
 * serve({ fetch: app.fetch, port: 8080 });
 *
 * @packageDocumentation
 */
export { createEdgeApp, type CreateEdgeAppOptions } from './create-edge-app.ts';
export type { ClassifierSource } from './classifier-slot.ts';
export { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './edge-limits.ts';
export { ERROR_STATUS } from './error-status.ts';
export type { AnswerJson, FileResultJson, ResultsJson } from './answer-json.ts';
export type { HealthJson } from './health-routes.ts';
export type { Problem } from './problem.ts';
