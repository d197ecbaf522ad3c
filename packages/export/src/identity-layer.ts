import * as z from 'zod';
import { defineLayer, onlyInput, type LayerConverter } from './layer-converter.ts';

/** A layer that acts in training only, and is written as nothing. */
export const identityLayer: LayerConverter = defineLayer(z.object({}), onlyInput);
