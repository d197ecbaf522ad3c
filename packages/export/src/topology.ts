import * as z from 'zod';
import { inlineModels, type Topology } from './inline-models.ts';
import { MODEL_CLASSES } from './keras-model.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** tfjs writes the model itself, its converter from Keras wraps it in `model_config`. */
const wrapped = z.object({ model_config: z.unknown() });
const model = z.object({ class_name: z.string(), config: z.unknown() });

/**
 * Reads the `modelTopology` of a tfjs layers model, Functional or Sequential, with the models inside it laid out
 * flat: every call of every layer stands behind those that feed it.
 * @throws `RUN_INVALID` naming the layer at fault
 */
export function parseTopology(value: unknown): Topology {
  const outer = z.safeParse(wrapped, value);
  const config =
    outer.success && outer.data.model_config !== undefined ? outer.data.model_config : value;
  const result = z.safeParse(model, config);
  if (!result.success || !MODEL_CLASSES.has(result.data.class_name)) {
    const className = result.success ? ` but a ${result.data.class_name}` : '';
    throw tfjsModelInvalid(
      'model.json',
      `its topology is no Functional or Sequential layers model${className}`,
      result.error,
    );
  }
  return inlineModels(result.data.class_name, result.data.config);
}
