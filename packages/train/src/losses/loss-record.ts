import type { LossRecord } from '@isometry/core';
import type { MetricLossConfig } from './metric-loss-config.ts';

/** The loss as the manifest records it; a loss without a margin has 0. */
export function recordLoss(config: MetricLossConfig): LossRecord {
  const { name, preset, normalise, distance, squared, reduction } = config;
  const margin = 'margin' in config ? config.margin : 0;
  return { name, preset, normalise, distance, squared, margin, reduction };
}

/** What {@link recordLoss} has no place for, for the manifest's hyper-parameters: e.g. `lossMining`. */
export function recordLossParameters(config: MetricLossConfig): Record<string, number | string> {
  const recorded = new Set(Object.keys(recordLoss(config)));
  const rest = Object.entries(config as unknown as Record<string, number | string>).filter(
    ([key]) => !recorded.has(key),
  );
  return Object.fromEntries(
    rest.map(([key, value]) => [`loss${key.charAt(0).toUpperCase()}${key.slice(1)}`, value]),
  );
}
