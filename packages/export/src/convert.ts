import { isIsometryError, type ExportRecord } from '@isometry/core';
import type { ClassifierRoles } from './classifier-graph.ts';
import { convertClassifier, type ConvertedClassifier } from './convert-classifier.ts';
import { convertWithTf2onnx } from './convert-with-tf2onnx.ts';
import type { ExportOptions } from './export-options.ts';
import type { InputSize } from './image-input.ts';
import { readTfjsModel, type TfjsModelFile } from './tfjs-model-file.ts';
import { VERSION } from './version.ts';

/** Converts by the converter that was asked for. @throws what it throws */
export async function convert(
  modelJson: string,
  file: TfjsModelFile,
  options: ExportOptions,
  roles: Omit<ClassifierRoles, 'fold'> & { readonly inputSize?: InputSize | undefined },
): Promise<{
  readonly converted: ConvertedClassifier;
  readonly converter: ExportRecord['converter'];
  /** The same with a node for every layer, from the file anew; absent when it is that already, or cannot be. */
  readonly unfolded?: (() => Promise<ConvertedClassifier>) | undefined;
}> {
  if (options.tf2onnx === undefined) {
    const converted = convertClassifier(file, { ...roles, fold: options.fold });
    const unfolded = async (): Promise<ConvertedClassifier> =>
      convertClassifier(await readTfjsModel(modelJson), { ...roles, fold: false });
    return {
      converted,
      converter: { name: 'native', version: VERSION },
      unfolded: options.fold === false ? undefined : unfolded,
    };
  }
  const embedding = roles.embedding ?? defaultEmbedding(file, roles);
  const converted = await convertWithTf2onnx(modelJson, { ...roles, embedding }, options);
  return { converted, converter: { name: 'tf2onnx', version: converted.version } };
}

/**
 * The layer that our own converter takes for the embedding of a model that does not name it: asked for by its name, it
 * can be compared too. Undefined where the model names it, or where our own converter does not know.
 */
function defaultEmbedding(
  file: TfjsModelFile,
  roles: Parameters<typeof convert>[3],
): string | undefined {
  try {
    const { outputs } = convertClassifier(file, roles);
    const key = outputs.find(({ output }) => output === 'embedding')?.key ?? '';
    const layer = key.slice(key.indexOf(':') + 1);
    return layer === 'embedding' || layer === '' || layer.includes('/') ? undefined : layer;
  } catch (error) {
    if (isIsometryError(error)) return undefined;
    throw error;
  }
}
