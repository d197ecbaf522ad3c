import { isIsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { syntheticEvaluation } from './evaluation.case.ts';
import { parseEvaluation, serializeEvaluation } from './evaluation-schema.ts';
import type { Evaluation } from './evaluation.ts';

const INVALID = expect.objectContaining({ code: 'REPORT_INVALID' }) as Error;

type Path = readonly (string | number)[];

/** The paths of all values that hold no others; of a list the first and the last element stand for all. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value)
    ? [...new Set([0, value.length - 1])].filter((index) => index >= 0 && index < value.length)
    : Object.keys(value);
  return keys.flatMap((key) =>
    leaves((value as Record<string | number, unknown>)[key], [...path, key]),
  );
}

/** A copy with `change` applied to what holds the value at `path`. */
function changed(
  evaluation: Evaluation,
  path: Path,
  change: (holder: Record<string | number, unknown>, key: string | number) => unknown,
): unknown {
  const copy = structuredClone(evaluation) as unknown;
  let holder = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  change(holder, path.at(-1) as string | number);
  return copy;
}

function set(evaluation: Evaluation, path: Path, value: unknown): unknown {
  return changed(evaluation, path, (holder, key) => {
    holder[key] = value;
  });
}

/** Where a value is refused; undefined when it is taken. */
function refusedAt(value: unknown): string | undefined {
  try {
    parseEvaluation(value);
    return undefined;
  } catch (error) {
    if (!isIsometryError(error) || error.code !== 'REPORT_INVALID') throw error;
    return String(error.details['path']);
  }
}

const good = syntheticEvaluation({ images: 12 });
const numbers = leaves(good).filter((path) => typeof at(good, path) === 'number');

function at(value: unknown, path: Path): unknown {
  return path.reduce((holder, key) => (holder as Record<string | number, unknown>)[key], value);
}

describe(parseEvaluation, () => {
  it('reads what was written, from text and from the parsed value', () => {
    const json = serializeEvaluation(good);
    expect(parseEvaluation(json)).toEqual(JSON.parse(json));
    expect(parseEvaluation(JSON.parse(json))).toEqual(JSON.parse(json));
  });

  it('takes null where something is not known', () => {
    const bare: Evaluation = {
      ...good,
      model: { ...good.model, training: null },
      data: { ...good.data, split: null, groups: null, skipped: [] },
      maps: { tsne: null, umap: null },
      roc: [],
      history: null,
    };
    expect(parseEvaluation(serializeEvaluation(bare))).toEqual(
      JSON.parse(serializeEvaluation(bare)),
    );
  });

  it('leaves out keys that it does not know', () => {
    const more = { ...good, later: 1, model: { ...good.model, later: { deep: [] } } };
    expect(parseEvaluation(more)).toEqual(good);
  });

  it('finds every number that is none', () => {
    expect(numbers.length).toBeGreaterThan(100);
    const accepted = numbers.flatMap((path) =>
      [Number.NaN, Number.POSITIVE_INFINITY, '1', null, [1]]
        .filter((value) => !(value === null && isNullable(path)))
        .filter((value) => refusedAt(set(good, path, value)) === undefined)
        .map((value) => `${path.join('.')}: ${JSON.stringify(value)}`),
    );
    expect(accepted).toEqual([]);
  });

  it('finds every key that is missing', () => {
    const paths = leaves(good).filter(
      (path) => typeof path.at(-1) === 'string' && !path.includes('values'),
    );
    expect(paths.length).toBeGreaterThan(80);
    const accepted = paths.filter((path) => {
      const cut = changed(good, path, (holder, key) => delete holder[key]);
      return refusedAt(cut) === undefined;
    });
    expect(accepted.map((path) => path.join('.'))).toEqual([]);
  });

  it.each<[string, Path, unknown, string?]>([
    ['a label that the model lacks', ['images', 3, 'label'], 'nevus'],
    ['a prediction that the model lacks', ['images', 0, 'predicted'], 'nevus'],
    ['probabilities of another model', ['images', 0, 'probabilities'], [0.5, 0.5]],
    ['a probability above 1', ['images', 0, 'probabilities', 0], 1.1],
    ['fewer images than counted', ['images'], []],
    ['a map of other images', ['maps', 'tsne'], [[0, 0]]],
    ['a point of three coordinates', ['maps', 'umap', 0], [1, 2, 3]],
    [
      'a matrix that is not square',
      ['classification', 'confusion', 1],
      [1, 2],
      'classification.confusion',
    ],
    [
      'a matrix of other images',
      ['classification', 'confusion', 0, 0],
      99,
      'classification.confusion.0',
    ],
    ['half an image', ['classification', 'confusion', 0, 0], 0.5],
    ['labels that are there twice', ['model', 'labels'], ['mel', 'mel', 'bkl']],
    ['labels of another model', ['model', 'labels'], ['x', 'y', 'z'], 'data.classes'],
    ['one label', ['model', 'labels'], ['mel']],
    ['edges that fall', ['distances', 'edges', 5], -1, 'distances.edges'],
    ['an edge too many', ['distances', 'edges'], [0, 1], 'distances'],
    ['histograms of two lengths', ['distances', 'negative'], [1], 'distances'],
    ['a curve of an unknown class', ['roc', 0, 'label'], 'nevus'],
    ['a curve with one axis', ['roc', 0, 'falsePositiveRate'], [0], 'roc.0'],
    ['a digest that is none', ['model', 'digest'], 'ABC'],
    [
      'an interval upside down',
      ['classification', 'accuracy', 'low'],
      1,
      'classification.accuracy',
    ],
    ['another kind', ['kind'], 'isometry.reproduction'],
    ['no version', ['version'], undefined],
    ['version 0', ['version'], 0],
    ['a text without end', ['data', 'name'], 'x'.repeat(2000)],
    ['values that are a list', ['history', 0, 'values'], [1, 2]],
  ])('refuses %s, naming the place', (_, path, value, place = path.join('.')) => {
    expect(refusedAt(set(good, path, value))).toBe(place);
  });

  it.each([['{'], [''], ['null'], ['[]'], ['3'], [undefined], [null], [[]], [new Map()], ['"x"']])(
    'refuses %j',
    (value) => {
      expect(() => parseEvaluation(value)).toThrow(INVALID);
    },
  );

  it('says that a later version needs a newer release', () => {
    expect(() => parseEvaluation({ ...good, version: 2 })).toThrow(/has version 2/u);
  });

  it.each(['constructor', 'prototype'])('refuses a value called %s', (key) => {
    const json = serializeEvaluation(good).replace('"validationLoss":', `"${key}":`);
    expect(refusedAt(json)).toMatch(/^history\.0\.values/u);
  });

  it('leaves out __proto__, wherever it is, and pollutes nothing', () => {
    const json = serializeEvaluation(good)
      .replace('{', '{"__proto__":{"polluted":true},')
      .replace('"validationLoss":', '"__proto__":');
    const parsed = parseEvaluation(json);
    const values = parsed.history?.[0]?.values;
    for (const one of [parsed, values]) {
      expect(Object.getPrototypeOf(one)).toBe(Object.prototype);
      expect(Object.keys(one ?? {})).not.toContain('__proto__');
    }
    expect(parsed).not.toHaveProperty('polluted');
  });

  it('refuses ten thousand labels and lists without end, in a moment', () => {
    const labels = Array.from({ length: 10_000 }, (_, index) => `label ${index}`);
    const started = performance.now();
    expect(() => parseEvaluation(set(good, ['model', 'labels'], labels))).toThrow(INVALID);
    const endless = Array.from({ length: 1_000_000 }, () => 'x');
    expect(() => parseEvaluation(set(good, ['images'], endless))).toThrow(INVALID);
    expect(() => parseEvaluation(set(good, ['distances', 'edges'], endless))).toThrow(INVALID);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

/** Numbers that stand for nothing where there is nothing. */
function isNullable(path: Path): boolean {
  return (
    /\.(?:rocAuc(?:\.\w+)?|precisionAt1|rPrecision|mapAtR|value|accuracy|confidence|prototypeAccuracy)$/u.test(
      `.${path.join('.')}`,
    ) || path.join('.') === 'data.groups'
  );
}

describe(serializeEvaluation, () => {
  it('keeps 2,000 images of three classes below 600 kB, and the scores exact', () => {
    const evaluation = syntheticEvaluation({ images: 2000 });
    const json = serializeEvaluation(evaluation);
    expect(Buffer.byteLength(json)).toBeLessThan(600_000);
    expect(parseEvaluation(json).classification).toEqual(evaluation.classification);
  });

  it('rounds as documented and no further', () => {
    const evaluation = syntheticEvaluation({ images: 50 });
    const parsed = parseEvaluation(serializeEvaluation(evaluation));
    for (const [row, { probabilities }] of evaluation.images.entries()) {
      for (const [index, value] of probabilities.entries()) {
        const written = parsed.images[row]?.probabilities[index] ?? Number.NaN;
        expect(Math.abs(written - value)).toBeLessThanOrEqual(0.5e-6 + 1e-12);
      }
      const [point, written] = [evaluation.maps.tsne?.[row], parsed.maps.tsne?.[row]];
      expect(Math.abs((written?.[0] ?? Number.NaN) - (point?.[0] ?? 0))).toBeLessThanOrEqual(
        0.5e-3 + 1e-12,
      );
    }
  });

  it('writes a softmax that ends a digit above 1 as 1', () => {
    const above = set(good, ['images', 0, 'probabilities'], [1.0000001, 0, 0]) as Evaluation;
    expect(parseEvaluation(serializeEvaluation(above)).images[0]?.probabilities).toEqual([1, 0, 0]);
  });

  it('writes nothing that it would not read', () => {
    const nan = set(good, ['calibration', 'ece'], Number.NaN) as Evaluation;
    expect(() => serializeEvaluation(nan)).toThrow(INVALID);
  });
});
