// Run by smoke.test.ts with several releases of Node, on the built packages: loads the model on both
// providers, serves it over HTTP, trains for one epoch. Prints one JSON object.
import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { createEdgeApp } from '@isometry/edge';
import { loadClassifier } from '@isometry/runtime-node';
import { trainClassifier } from '@isometry/train';

const [model, photo, images, out] = process.argv.slice(2);

const answers = {};
for (const provider of ['cpu', 'wasm']) {
  const classifier = await loadClassifier(model, { providers: [provider] });
  const { label, probability, provider: ranOn } = await classifier.classify(photo);
  answers[provider] = { label, probability, ranOn };
  await classifier.close();
}

const classifier = await loadClassifier(model, { providers: ['cpu'] });
const app = createEdgeApp({ classifier });
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
await new Promise((resolve) => server.once('listening', resolve));
const response = await fetch(`http://127.0.0.1:${server.address().port}/v1/classify`, {
  method: 'POST',
  headers: { 'content-type': 'image/jpeg' },
  body: await readFile(photo),
});
const { label, probability } = await response.json();
const served = { status: response.status, label, probability };
server.closeAllConnections();
await new Promise((resolve) => server.close(resolve));
await classifier.close();

let steps = 0;
const result = await trainClassifier({
  images,
  out,
  size: 32,
  widthMultiplier: 0.25,
  classifier: 'frozen',
  embeddingSize: 4,
  batchSize: 4,
  epochs: 1,
  onProgress: ({ stage }) => {
    if (stage === 'train-embedding') steps++;
  },
});
const trained = { steps, labels: result.manifest.labels };

const report = { version: process.versions.node, answers, served, trained };
process.stdout.write(`${JSON.stringify(report)}\n`);
