import * as z from 'zod';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

/** Nothing: dropout only acts in training. */
export const dropout: LayerConverter = defineLayer(z.object({}), onlyInput);
