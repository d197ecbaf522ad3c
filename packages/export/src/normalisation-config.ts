import * as z from 'zod';
import { axesSchema } from './keras-axis.ts';

/** What BatchNormalization and LayerNormalization are told. */
export interface NormalisationConfig {
  readonly axis: readonly number[];
  readonly epsilon: number;
  /** Whether there is a gamma. */
  readonly scale: boolean;
  /** Whether there is a beta. */
  readonly center: boolean;
}

/** The same as Keras writes it, with its defaults. */
export const normalisationSchema: z.ZodType<NormalisationConfig> = z.object({
  axis: axesSchema.default([-1]),
  epsilon: z.number().nonnegative().default(1e-3),
  scale: z.boolean().default(true),
  center: z.boolean().default(true),
});
