import { loadClassifier } from '@isometry/runtime-web';

declare global {
  /** What a page's own code would import; called by the test through Playwright. */
  var loadClassifierInPage: typeof loadClassifier;
}

globalThis.loadClassifierInPage = loadClassifier;
