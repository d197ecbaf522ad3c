import { createEdgeApp } from '@isometry/edge';
import { loadClassifier } from '@isometry/edge/workerd';
import { IsometryError } from '@isometry/core';
import type { Hono } from 'hono';

interface Bindings {
  readonly MODELS: { fetch(url: string): Promise<Response> };
}

let app: Hono | undefined;

/** A Worker whose model is not in the bundle: it comes through a binding, as from R2. */
export default {
  fetch(request: Request, bindings: Bindings, context: never): Response | Promise<Response> {
    app ??= createEdgeApp({
      classifier: async () => {
        const { body } = await bindings.MODELS.fetch('http://models/model.onnx');
        if (body === null) throw new IsometryError('FILE_NOT_FOUND', 'There is no model.');
        return loadClassifier(body);
      },
    });
    return app.fetch(request, bindings, context);
  },
};
