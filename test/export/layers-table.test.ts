import { readFileSync } from 'node:fs';
import { SUPPORTED_LAYERS } from '@isometry/export';
import { describe, expect, it } from 'vitest';
import { kerasCases } from './keras-cases.ts';
import { layerCases } from './layer-cases.ts';
import { buildLayerModel, compareLastOutput } from './layer-comparison.ts';
import { Draw } from './layer-draw.ts';
import { randomiseWeights } from './layers-model.ts';

/** How many configurations of each layer are drawn. */
const DRAWS = process.env['ISOMETRY_FULL'] === '1' ? 60 : 4;

/** Classes that other tests build: the input that all have, and our own layers (layers.test.ts). */
const ELSEWHERE = ['InputLayer', 'L2Normalize', 'MeanOverViews', 'OrientationViews'];

/** Classes of layers that are no node, always or where they change nothing. */
const NOTHING =
  /^(?:InputLayer|Activation|ActivityRegularization|Flatten|Reshape|GaussianNoise|Random\w+|\w*Dropout\w*)$/u;

const cases = Object.entries({ ...layerCases, ...kerasCases });
const classes = new Set<string>(ELSEWHERE);

describe.each(cases)('%s', (name, build) => {
  it.each(Array.from({ length: DRAWS }, (_, index) => index))('draw %i', async (index) => {
    const seed = index * 1000 + name.length;
    const draw = new Draw(seed);
    const size = { height: draw.int(1, 9), width: draw.int(1, 11), channels: draw.int(1, 5) };
    const model = buildLayerModel(size, (features) => build(draw, features));
    const layers = model.layers.map((layer) => ({
      name: layer.name,
      className: layer.getClassName(),
      config: layer.getConfig(),
    }));
    for (const { className } of layers) classes.add(className);
    randomiseWeights(model, seed);
    const options = { batch: draw.pick([1, 3]), seed, fold: draw.isTrue() };
    const { difference, dims, expectedDims, nodes } = await compareLastOutput(model, options);
    const names = new Set(nodes.map((node) => node.name));
    for (const layer of model.layers) layer.dispose();
    expect({ options, layers, dims }).toEqual({ options, layers, dims: expectedDims });
    // Measured over 60 draws: 1.3e-6 at most, for products of few numbers that nearly cancel out.
    expect(difference.relativeL2).toBeLessThan(5e-6);
    const unnamed = layers.filter((layer) => !options.fold && !names.has(layer.name));
    expect(unnamed.filter(({ className }) => !NOTHING.test(className))).toEqual([]);
  });
});

describe('the cases', () => {
  it('cover every supported layer', () => {
    expect(SUPPORTED_LAYERS.filter((name) => !classes.has(name))).toEqual([]);
  });

  it('are the rows of the table in docs/export.md', () => {
    const text = readFileSync(new URL('../../docs/export.md', import.meta.url), 'utf8');
    const section = text.split('\n## ').find((part) => part.startsWith('Layers')) ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => row.split('|')[1]?.match(/\w+/gu) ?? []);
    expect(named.toSorted()).toEqual([...SUPPORTED_LAYERS].toSorted());
  });
});
