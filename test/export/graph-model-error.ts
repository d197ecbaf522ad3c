import { isIsometryError, type IsometryError } from '@isometry/core';
import {
  convertGraphModel,
  type ConvertGraphModelOptions,
  type TfjsModelFile,
} from '@isometry/export';

/** The error that converting a graph model ends in. */
export function errorOf(file: TfjsModelFile, options?: ConvertGraphModelOptions): IsometryError {
  try {
    convertGraphModel(file, options);
  } catch (error) {
    if (isIsometryError(error)) return error;
    throw error;
  }
  throw new TypeError('It was converted.');
}
