import { IsometryError } from '@isometry/core';
import * as z from 'zod';
import type { GraphDraft } from './graph-draft.ts';
import { spatialShape, type Spatial, type Value } from './value.ts';

/** What a converter gets: one layer in its place in the graph. */
export interface LayerPlace<Config> {
  readonly name: string;
  readonly config: Config;
  readonly inputs: readonly Value[];
  readonly draft: GraphDraft;
  /**
   * The layer's weight of this name (`kernel`, `gamma` …).
   * @throws `RUN_INVALID` when it is missing or has another shape
   */
  weight(name: string, dims: readonly number[]): Float32Array;
}

/** Writes one class of layer to ONNX. */
export interface LayerConverter {
  /** Why this configuration cannot be written; undefined when it can. */
  check(config: unknown): string | undefined;
  /** @throws `LAYER_UNSUPPORTED` with a reason when it does not fit its place */
  convert(place: LayerPlace<unknown>): Value;
}

/** Makes a converter: `config` says what it supports, `convert` writes it. */
export function defineLayer<Config>(
  config: z.ZodType<Config>,
  convert: (place: LayerPlace<Config>) => Value,
): LayerConverter {
  return {
    check(value) {
      const issue = z.safeParse(config, value).error?.issues[0];
      if (issue === undefined) return undefined;
      return `${issue.path.join('.')}: ${issue.message}`;
    },
    convert: (place) => convert({ ...place, config: z.parse(config, place.config) }),
  };
}

/** The error by which `convert` says that a layer does not fit its place. */
export function unsupported(reason: string): IsometryError {
  return new IsometryError('LAYER_UNSUPPORTED', reason);
}

/** The only input of a layer. */
export function onlyInput({ inputs }: LayerPlace<unknown>): Value {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) throw unsupported(`it has ${inputs.length} inputs`);
  return input;
}

/** The only input of a layer and its sizes, for layers that take a feature map. */
export function onlyFeatureMap(place: LayerPlace<unknown>): {
  readonly input: Value;
  readonly size: Spatial;
} {
  const input = onlyInput(place);
  const size = spatialShape(input);
  if (size === undefined) throw unsupported('its input is not a feature map');
  return { input, size };
}
