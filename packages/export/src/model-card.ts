import type { Interval, Manifest, TrainingRecord } from '@isometry/core';
import { exportSection } from './export-section.ts';
import { hubLicense } from './hub-license.ts';
import { loaderFit } from './loader-files.ts';
import { markdownText, percent } from './markdown-text.ts';
import { usageSection } from './usage-section.ts';
import { yamlString } from './yaml-string.ts';

/** How many labels the card lists; labels.txt has them all. */
const SHOWN_LABELS = 100;

/**
 * README.md: a model card as Hugging Face reads it, its head in YAML. Whatever the manifests say is data in it, not
 * markup. The card is about the first file's manifest; of `others` in the folder it says what they cost.
 */
export function modelCard(manifest: Manifest, others: readonly Manifest[] = []): string {
  const records = [manifest, ...others].flatMap((one) => one.export ?? []);
  const sections = [
    `# ${markdownText(manifest.name)}`,
    `An image classifier exported by Isometry. Its \`.onnx\` describes itself: labels, pixel contract and training
record are in its metadata.`,
    '## Labels',
    labelSection(manifest.labels),
    '## Use',
    usageSection(manifest),
    '## Intended use',
    manifest.intendedUse.trim() === '' ? 'Not stated.' : markdownText(manifest.intendedUse),
    '## Quality',
    quality(manifest),
    ...(records.length === 0 ? [] : ['## Export', exportSection(records)]),
    '## Training',
    manifest.training === null ? 'Not trained by Isometry.' : training(manifest.training),
    '## Limits',
    limits(manifest),
  ];
  return `${head(manifest)}\n\n${sections.join('\n\n')}\n`;
}

function head(manifest: Manifest): string {
  const { name, license, metrics, training: record } = manifest;
  const lines = ['---', 'library_name: onnx', 'pipeline_tag: image-classification'];
  lines.push(...licenseLines(license));
  lines.push('tags:', '- isometry', '- onnx', '- transformers.js', '- metric-learning');
  // What a smaller file cost is in its own section: this accuracy is the float32 file's.
  if (metrics !== null && isFloat32(manifest)) {
    const dataset = record === null ? 'images' : `images ${record.dataDigest.slice(0, 12)}`;
    lines.push(
      'model-index:',
      `- name: ${yamlString(name)}`,
      '  results:',
      '  - task:',
      '      type: image-classification',
      '    dataset:',
      `      name: ${yamlString(dataset)}`,
      '      type: imagefolder',
      `      split: ${yamlString(metrics.split)}`,
      '    metrics:',
      '    - type: accuracy',
      `      value: ${metrics.accuracy.value}`,
    );
  }
  return [...lines, '---'].join('\n');
}

function licenseLines(license: string): readonly string[] {
  if (license.trim() === '') return [];
  const known = hubLicense(license);
  return known === undefined
    ? ['license: other', `license_name: ${yamlString(license)}`]
    : [`license: ${known}`];
}

function isFloat32({ export: record }: Manifest): boolean {
  return record === undefined || record.precision === 'fp32';
}

function labelSection(labels: readonly string[]): string {
  const shown = labels
    .slice(0, SHOWN_LABELS)
    .map((label, index) => `${index}. ${markdownText(label)}`);
  const rest = labels.length - shown.length;
  return [...shown, ...(rest > 0 ? [`\nand ${rest} more: see labels.txt.`] : [])].join('\n');
}

function quality(manifest: Manifest): string {
  const { metrics, calibration } = manifest;
  if (metrics === null) return 'Not measured.';
  const calibrated =
    calibration === null
      ? 'The probabilities are not calibrated.'
      : `The logits are divided by a temperature of ${calibration.temperature} (${markdownText(calibration.method)}).`;
  const subject = isFloat32(manifest) ? 'Accuracy' : 'Accuracy of the float32 file';
  return `${subject} on the ${markdownText(metrics.split)} split of ${metrics.count} images: ${interval(metrics.accuracy)}.
${calibrated}`;
}

function interval({ value, low, high, level, method }: Interval): string {
  return `${percent(value)} (${percent(level)} interval ${percent(low)} to ${percent(high)}, ${markdownText(method)})`;
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
  const table = rows.map(
    ([key, value]) => `| ${markdownText(key)} | ${markdownText(String(value))} |`,
  );
  return ['| what | value |', '|---|---|', ...table].join('\n');
}

/** What loaders that go by preprocessor_config.json do otherwise than training did, by their fit. */
function limits({ pixels, metrics }: Manifest): string {
  const fit = loaderFit(pixels);
  const lines = [
    'It knows these labels only and gives one of them to any image.',
    ...(metrics === null
      ? []
      : ['The interval above holds for images like those of its training set.']),
    'Loaders that go by preprocessor_config.json (transformers.js, optimum) decode and resize in their own way: their answers differ from Isometry’s.',
  ];
  if (fit !== pixels.fit) {
    lines.push(
      `They also stretch an image where this model was trained with \`${pixels.fit}\`: fit it to ${pixels.width} x ${pixels.height} yourself.`,
    );
  }
  if (fit === 'contain' && pixels.background.some((value) => value !== 0)) {
    lines.push(
      `They pad an image with black where this model was trained with rgb(${pixels.background.join(', ')}).`,
    );
  }
  return lines.map((line) => `- ${line}`).join('\n');
}
