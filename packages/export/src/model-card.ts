import type { Interval, Manifest, TrainingRecord } from '@isometry/core';

/** README.md: a model card as Hugging Face reads it, its head in YAML (JSON strings are valid YAML). */
export function modelCard(manifest: Manifest): string {
  const sections = [
    `# ${inline(manifest.name)}`,
    `An image classifier trained and exported by Isometry. \`onnx/model.onnx\` describes itself: labels, pixel
contract and training record are in its metadata.`,
    '## Labels',
    manifest.labels.map((label, index) => `${index}. ${inline(label)}`).join('\n'),
    '## Use',
    `\`\`\`ts
import { loadClassifier } from '@isometry/runtime-node';
const classifier = await loadClassifier('onnx/model.onnx');
const { label, probability } = await classifier.classify(bytes);
\`\`\``,
    '## Intended use',
    manifest.intendedUse === '' ? 'Not stated.' : inline(manifest.intendedUse),
    '## Quality',
    quality(manifest),
    '## Training',
    manifest.training === null ? 'Not trained by Isometry.' : training(manifest.training),
    '## Limits',
    limits(manifest),
  ];
  return `${head(manifest)}\n\n${sections.join('\n\n')}\n`;
}

function head({ name, license, metrics, training: record }: Manifest): string {
  const lines = ['---', 'library_name: onnx', 'pipeline_tag: image-classification'];
  if (license !== '') lines.push('license: other', `license_name: ${JSON.stringify(license)}`);
  lines.push('tags:', '- isometry', '- onnx', '- metric-learning');
  if (metrics !== null) {
    const dataset = record === null ? 'images' : `images ${record.dataDigest.slice(0, 12)}`;
    lines.push(
      'model-index:',
      `- name: ${JSON.stringify(name)}`,
      '  results:',
      '  - task:',
      '      type: image-classification',
      '    dataset:',
      `      name: ${JSON.stringify(dataset)}`,
      '      type: imagefolder',
      `      split: ${JSON.stringify(metrics.split)}`,
      '    metrics:',
      '    - type: accuracy',
      `      value: ${metrics.accuracy.value}`,
    );
  }
  return [...lines, '---'].join('\n');
}

function quality({ metrics, calibration }: Manifest): string {
  if (metrics === null) return 'Not measured.';
  const calibrated =
    calibration === null
      ? 'The probabilities are not calibrated.'
      : `The logits are divided by a temperature of ${calibration.temperature} (${inline(calibration.method)}).`;
  return `Accuracy on the ${inline(metrics.split)} split of ${metrics.count} images: ${interval(metrics.accuracy)}.
${calibrated}`;
}

function interval({ value, low, high, level, method }: Interval): string {
  return `${percent(value)} (${percent(level)} interval ${percent(low)} to ${percent(high)}, ${inline(method)})`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1).replace(/\.0$/, '')} %`;
}

function training(record: TrainingRecord): string {
  const { loss, hyperparameters, versions } = record;
  const rows: readonly (readonly [string, unknown])[] = [
    ['backbone', `${record.backbone}, width ${record.widthMultiplier}`],
    ['loss', `${loss.name}, preset ${loss.preset}`],
    ...Object.entries(loss).filter(([key]) => key !== 'name' && key !== 'preset'),
    ...Object.entries(hyperparameters),
    ['seed', record.seed],
    ['data SHA-256', record.dataDigest],
    ['split SHA-256', record.splitDigest],
    ...Object.entries(versions),
  ];
  const table = rows.map(([key, value]) => `| ${inline(key)} | ${inline(String(value))} |`);
  return ['| what | value |', '|---|---|', ...table].join('\n');
}

function limits({ pixels }: Manifest): string {
  const stretched =
    pixels.fit === 'stretch'
      ? ''
      : `
- Loaders that go by preprocessor_config.json (transformers.js, optimum) stretch an image where this model was
  trained with \`${pixels.fit}\`, and decode and resize in their own way: their answers differ from Isometry's.`;
  return `- It knows these labels only and gives one of them to any image.
- The interval above holds for images like those of its training set.${stretched}`;
}

/** Text in one line that Markdown leaves alone. */
function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`);
}
