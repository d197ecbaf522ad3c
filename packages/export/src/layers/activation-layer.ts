import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

/** An activation as a layer of its own. */
export const activationLayer: LayerConverter = defineLayer(
  z.object({ activation: activationSchema }),
  (place) => activate(place.draft, onlyInput(place), place.config.activation, place.name),
);
