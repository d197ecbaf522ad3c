import { unsupported } from './layer-converter.ts';
import { valueCount, type Value } from './value.ts';

/**
 * Most values that a layer makes of one image: 512 MB of float32. VGG16 at 1,024 px has half of that. A few bytes of
 * model.json can ask for any number (UpSampling2D, ZeroPadding2D, RepeatVector), and the proof then runs the model.
 */
const MAX_VALUES: number = 2 ** 27;

/** The value, if it is of a size that can be computed. @throws `LAYER_UNSUPPORTED` */
export function ofBoundedSize<Sized extends Pick<Value, 'shape'>>(value: Sized): Sized {
  const count = valueCount(value);
  if (count <= MAX_VALUES) return value;
  throw unsupported(`it makes ${count} values of an image, and at most ${MAX_VALUES} are computed`);
}
