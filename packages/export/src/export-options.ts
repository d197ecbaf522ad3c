import type { Manifest, Precision, Progress } from '@isometry/core';
import type { CanaryPorts } from './canary.ts';
import type { ExportImages } from './export-image.ts';
import type { ConvertByTf2onnxOptions } from './tf2onnx/convert-by-tf2onnx.ts';

/** Options of `exportRun` and `exportModel`. Sessions and pixels are handed in as values: see `@isometry/runtime-node` and `@isometry/pixels`. */
export interface ExportOptions extends CanaryPorts {
  /** A path that ends in `.onnx` for one file, or else a folder; files of the same names are replaced. */
  readonly out: string;
  /** The files to make; more than one needs a folder. @defaultValue `['fp32']` */
  readonly precisions?: readonly Precision[] | undefined;
  /**
   * Images for the proof, for calibration and for measuring what a variant costs. int8 needs some; without any, the
   * proof has the canary and random inputs.
   */
  readonly images?: ExportImages | undefined;
  /**
   * Loads the module of TensorFlow.js that the proof's reference runs in, e.g. `loadTfjs` of `@isometry/train` on
   * libtensorflow; undefined when there is none.
   * @defaultValue plain JavaScript, which takes an image of a MobileNet at 128 px more than half a second
   */
  readonly loadTfjs?: (() => Promise<unknown>) | undefined;
  /**
   * Whether to fold padding and batch normalisation into the convolutions. Off, every layer keeps a node of its
   * own: for finding the layer at fault. int8 is better with them folded. @defaultValue true
   */
  readonly fold?: boolean | undefined;
  /**
   * Converts by Python's tf2onnx, a second opinion on Isometry's own converter. For layers models.
   * @defaultValue Isometry's own converter
   */
  readonly tf2onnx?: Pick<ConvertByTf2onnxOptions, 'python' | 'timeoutMs'> | undefined;
  /** How many images int8 is calibrated on, spread evenly over those given. @defaultValue 128 */
  readonly calibrationImages?: number | undefined;
  /**
   * By how much int8 may lower the accuracy on the validation images before nodes go back to float32, as a share
   * of 1. @defaultValue 0.01
   */
  readonly maxDrop?: number | undefined;
  /**
   * Whether int8 weights have 7 bits, for x86 processors without VNNI: there 8 bits saturate. A file that is made on a
   * newer processor and runs on such needs it. @defaultValue what this machine needs
   */
  readonly reduceRange?: boolean | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told what the caller should know and that was no error, e.g. that calibration images cannot be read. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** One file that was made. */
export interface ExportedModel {
  /** Absolute path of the `.onnx`. */
  readonly path: string;
  /** SHA-256 of the `.onnx`, lower-case hex. */
  readonly digest: string;
  /** With its side file, where weights are beyond 2 GiB. */
  readonly sizeBytes: number;
  readonly manifest: Manifest;
}

/** What was made. The first fields are those of the first model: the usual export makes one. */
export interface ExportResult {
  /** Absolute path of the `.onnx`. */
  readonly modelPath: string;
  /** SHA-256 of the `.onnx`, lower-case hex. */
  readonly modelDigest: string;
  readonly sizeBytes: number;
  readonly manifest: Manifest;
  /** All of them, in the order of `options.precisions`. */
  readonly models: readonly ExportedModel[];
  /** Absolute paths of all files, the models first. */
  readonly files: readonly string[];
}
