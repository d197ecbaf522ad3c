import type { Manifest } from '@isometry/core';
import { MODEL_FILES } from './loader-files.ts';
import { onnxruntimeScript } from './onnxruntime-script.ts';

/** The model card's section on use: one block a loader, for the file that this manifest is in. */
export function usageSection({ export: record, pixels }: Manifest): string {
  const { path, dtype } = MODEL_FILES[record?.precision ?? 'fp32'];
  const [, file = path] = path.split('/');
  // optimum finds a model.onnx by itself.
  const optimum = dtype === 'fp32' ? '' : `, subfolder="onnx", file_name="${file}"`;
  return [
    'Isometry, with the answer that was measured:',
    block(
      'ts',
      `import { loadClassifier } from '@isometry/runtime-node';

const classifier = await loadClassifier('${path}');
const { label, probability } = await classifier.classify('photo.jpg');`,
    ),
    'transformers.js:',
    block(
      'js',
      `import { pipeline } from '@huggingface/transformers';

const classify = await pipeline('image-classification', '.', { dtype: '${dtype}' });
await classify('photo.jpg');
const embed = await pipeline('image-feature-extraction', '.', { dtype: '${dtype}' });
await embed('photo.jpg');`,
    ),
    'Python, optimum:',
    block(
      'python',
      `from optimum.onnxruntime import ORTModelForImageClassification
from transformers import AutoImageProcessor, pipeline

model = ORTModelForImageClassification.from_pretrained("."${optimum})
classify = pipeline("image-classification", model=model, image_processor=AutoImageProcessor.from_pretrained("."))
classify("photo.jpg")`,
    ),
    `Python with onnxruntime, numpy and Pillow alone, the same pixels as Isometry to the bit:
\`python classify.py ${path} photo.jpg\``,
    block('python', onnxruntimeScript(pixels).trimEnd()),
  ].join('\n\n');
}

function block(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}
