// Loads exported folders by transformers.js and prints what it makes of pictures and of given pixels:
//
//   node --import ./cut-network.mjs transformers-node.mjs REQUEST.json
//
// REQUEST and what is printed: see transformers-node.test.ts.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import {
  AutoModel,
  AutoProcessor,
  env,
  pipeline,
  RawImage,
  Tensor,
} from '@huggingface/transformers';

env.allowRemoteModels = false;
const { folder, dtypes, pictures, inputs } = JSON.parse(await readFile(process.argv[2], 'utf8'));

const processor = await AutoProcessor.from_pretrained(folder);
const answers = { pixels: [], byDtype: {} };
for (const picture of pictures) {
  const { pixel_values: values } = await processor([await RawImage.read(picture)]);
  answers.pixels.push({ dims: values.dims, data: [...values.data] });
}
for (const dtype of dtypes) answers.byDtype[dtype] = await answer(dtype);
process.stdout.write(JSON.stringify(answers));

async function answer(dtype) {
  const classify = await pipeline('image-classification', folder, { dtype });
  const extract = await pipeline('image-feature-extraction', folder, { dtype });
  const model = await AutoModel.from_pretrained(folder, { dtype });
  const result = {
    predictions: await classify(pictures),
    features: await Promise.all(pictures.map(async (picture) => plain(await extract(picture)))),
    pooled: await Promise.all(
      pictures.map(async (picture) => plain(await extract(picture, { pool: true }))),
    ),
    given: await Promise.all(
      inputs.map(async ({ data, dims }) => {
        const input = { pixel_values: new Tensor('float32', Float32Array.from(data), dims) };
        const { embedding, logits } = await model(input);
        return { embedding: plain(embedding), logits: plain(logits) };
      }),
    ),
  };
  await Promise.all([classify, extract, model].map((each) => each.dispose()));
  return result;
}

function plain({ dims, data }) {
  return { dims, data: [...data] };
}
