import { describe, expect, it } from 'vitest';
import { matchLayers } from './match-layers.ts';

describe('matchLayers', () => {
  const model = ['input', 'conv2d', 'batch_normalization', 'conv2d_1', 'conv2d_2', 'mixed0'];

  it('maps automatic names by the order of creation, wherever their count starts', () => {
    // As a file lists them: by depth, not by number.
    const file = ['conv2d_101', 'batch_normalization_95', 'conv2d_99', 'conv2d_100', 'mixed0'];
    const nameOf = matchLayers(model, file);
    expect(file.map(nameOf)).toEqual([
      'conv2d_2',
      'batch_normalization',
      'conv2d',
      'conv2d_1',
      'mixed0',
    ]);
  });

  it('knows no layer for one that the model has not', () => {
    const file = ['conv2d', 'conv2d_1', 'conv2d_2', 'conv2d_3'];
    expect(file.map(matchLayers(model, file))).toEqual([
      'conv2d',
      'conv2d_1',
      'conv2d_2',
      undefined,
    ]);
  });

  it('takes a layer that is listed once for each of its weights for one', () => {
    const file = ['conv2d_1', 'conv2d_1', 'conv2d_2', 'conv2d_2'];
    expect(matchLayers(model, file)('conv2d_2')).toBe('conv2d_1');
  });

  it('leaves names alone where the model has no automatic ones', () => {
    const file = ['conv2d_7', 'conv1'];
    expect(file.map(matchLayers(['conv1', 'conv1_bn'], file))).toEqual(file);
  });
});
