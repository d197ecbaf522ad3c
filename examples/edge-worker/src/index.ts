import { createEdgeApp } from '@isometry/edge';
import { loadClassifier } from '@isometry/edge/workerd';
import model from '../model.onnx';

/** The model is part of the Worker: it starts without a download. */
export default createEdgeApp({
  // A function, so that loading waits for the first request: a Worker may do little before it.
  classifier: () => loadClassifier(model),
  // For `wrangler tail`; the client sees a 500 without details.
  // oxlint-disable-next-line no-console -- an application decides where its errors go, a library does not
  onInternalError: (error) => console.error(error),
});
