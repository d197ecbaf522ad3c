import { createHash } from 'node:crypto';
import { isIsometryError } from '@isometry/core';
import type { File, Group, Dataset } from 'h5wasm';
import { readBytes } from './read-bytes.ts';
import { weightsInvalid, type FileWeight, type WeightFile } from './weight-file.ts';

type Hdf5 = typeof import('h5wasm');

let opened = 0;

/**
 * Opens Keras' HDF5 weights (`save_weights('x.h5')`, `save('x.h5')`). The HDF5 library runs in WebAssembly and sees
 * a copy in memory, not the disk: a file with external links reads nothing else.
 * @throws `WEIGHTS_INVALID`, `FILE_NOT_FOUND`, `FILE_READ_FAILED`
 */
export async function openKerasH5(path: string): Promise<WeightFile> {
  const bytes = await readBytes(path);
  const hdf5 = await import('h5wasm');
  const module = await hdf5.ready;
  // Otherwise the library prints its errors on stderr and goes on with what it has.
  module.activate_throwing_error_handler();
  opened += 1;
  const name = `/weights-${opened}.h5`;
  module.FS.writeFile(name, bytes);
  let file: File | undefined;
  const close = (): void => {
    file?.close();
    module.FS.unlink(name);
  };
  try {
    file = new hdf5.File(name, 'r');
    return {
      format: 'keras-h5',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      isFromKeras: true,
      weights: listWeights(hdf5, path, file),
      close,
    };
  } catch (error) {
    close();
    throw isIsometryError(error)
      ? error
      : weightsInvalid(path, 'it is no HDF5 file, or it is damaged', error);
  }
}

function listWeights(hdf5: Hdf5, path: string, file: File): FileWeight[] {
  // A whole model keeps its weights one level down.
  const whole = file.keys().includes('model_weights') ? file.get('model_weights') : null;
  const root: Group = whole instanceof hdf5.Group ? whole : file;
  if (!('layer_names' in root.attrs)) {
    throw weightsInvalid(path, 'it is HDF5 and not weights that Keras 2 saved (no layer_names)');
  }
  return strings(root, 'layer_names').flatMap((layer) => {
    const group = root.get(layer);
    if (!(group instanceof hdf5.Group)) {
      throw weightsInvalid(path, `layer "${layer}" is announced and absent`);
    }
    return strings(group, 'weight_names').map((weightName): FileWeight => {
      const dataset = group.get(weightName);
      if (!(dataset instanceof hdf5.Dataset)) {
        throw weightsInvalid(path, `weight "${weightName}" is announced and absent`);
      }
      const weight = (weightName.split('/').at(-1) as string).replace(/:\d+$/, '');
      const read = (): Float32Array => readFloats(path, weightName, dataset);
      return { layer, weight, shape: dataset.shape ?? [], read };
    });
  });
}

/** An attribute of strings; an empty one has lost its type, and is read as numbers. */
function strings(group: Group, name: string): string[] {
  const value = group.attrs[name]?.value;
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : [];
}

function readFloats(path: string, name: string, dataset: Dataset): Float32Array {
  try {
    const { value } = dataset;
    if (value instanceof Float32Array) return value;
    if (value instanceof Float64Array) return Float32Array.from(value);
  } catch (cause) {
    throw weightsInvalid(path, `"${name}" is damaged`, cause);
  }
  throw weightsInvalid(path, `"${name}" is not of floats`);
}
