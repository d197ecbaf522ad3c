import { describe, expect, it } from 'vitest';
import {
  LOSS_PRESETS,
  presetsOf,
  resolveLoss,
  type LossOverrides,
  type LossPreset,
  type MetricLossName,
} from './loss-presets.ts';
import { recordLoss, recordLossParameters } from './loss-record.ts';

describe('resolveLoss', () => {
  it("takes the loss' first preset: the paper's, where the paper has the loss", () => {
    expect(resolveLoss('triplet').preset).toBe('paper');
    expect(resolveLoss('multi-similarity').preset).toBe('pml');
    expect(presetsOf('contrastive')).toEqual(['paper', 'hadsell2006', 'pml']);
    expect(new Set(presetsOf('triplet').concat(presetsOf('lifted-structured')))).toEqual(
      new Set(LOSS_PRESETS.filter((preset) => preset !== 'hadsell2006')),
    );
  });

  it('calls a preset custom once something in it is another', () => {
    expect(resolveLoss('triplet', 'facenet2015', { margin: 0.2 }).preset).toBe('facenet2015');
    expect(resolveLoss('triplet', 'facenet2015', { margin: undefined }).preset).toBe('facenet2015');
    expect(resolveLoss('triplet', 'facenet2015', { margin: 0.3 })).toMatchObject({
      preset: 'custom',
      margin: 0.3,
      mining: 'semi-hard',
    });
  });

  const REFUSED: readonly [MetricLossName, LossPreset, LossOverrides, option: string][] = [
    ['multi-similarity', 'paper', {}, 'lossPreset'],
    ['lifted-structured', 'facenet2015', {}, 'lossPreset'],
    ['contrastive', 'toString' as LossPreset, {}, 'lossPreset'],
    ['supervised-contrastive', 'pml', { margin: 1 }, 'margin'],
    ['supervised-contrastive', 'pml', { temperature: 0 }, 'temperature'],
    ['supervised-contrastive', 'pml', { distance: 'euclidean' }, 'distance'],
    ['triplet', 'paper', { margin: NaN }, 'margin'],
    ['triplet', 'paper', { margin: -1 }, 'margin'],
    ['triplet', 'paper', { reduction: 'mean-pairs' }, 'reduction'],
    ['triplet', 'paper', { mining: 'multi-similarity' }, 'mining'],
    ['triplet', 'paper', { distance: 'cosine' }, 'squared'],
    ['lifted-structured', 'paper', { squared: true }, 'squared'],
    ['lifted-structured', 'paper', { mining: 'all' }, 'mining'],
  ];
  it.each(REFUSED)('refuses %s, %s %o', (name, preset, overrides, option) => {
    expect(() => resolveLoss(name, preset, overrides)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', details: { option } }),
    );
  });
});

describe('recordLoss', () => {
  it('spells a loss out, with what has no place in the record beside it', () => {
    const loss = resolveLoss('triplet', 'facenet2015');
    expect(recordLoss(loss)).toEqual({
      name: 'triplet',
      preset: 'facenet2015',
      normalise: true,
      distance: 'euclidean',
      squared: true,
      margin: 0.2,
      reduction: 'sum-triplets',
    });
    expect(recordLossParameters(loss)).toEqual({ lossFactor: 1, lossMining: 'semi-hard' });
  });

  it('has a margin of 0 for a loss without one', () => {
    const loss = resolveLoss('supervised-contrastive');
    expect(recordLoss(loss).margin).toBe(0);
    expect(recordLossParameters(loss)).toEqual({ lossTemperature: 0.1 });
  });
});
