/** An image that is handed to the exporter: a value, so that the exporter needs to know nothing of folders and labels. */
export interface ExportImage {
  /** E.g. its file name: for messages. */
  readonly id: string;
  /** The label's position in the manifest; left out when it is not known. */
  readonly label?: number | undefined;
  /** The group that it belongs to (a patient, a lesion): images of one are no independent evidence. */
  readonly group?: string | undefined;
  /** Its file's bytes. */
  read(): Promise<Uint8Array>;
}

/** The images that a model is proven, calibrated and measured on. */
export interface ExportImages {
  /** What the ranges of activations are found on: the training split. */
  readonly calibration: readonly ExportImage[];
  /** What decides which nodes stay in float32: the validation split. */
  readonly validation: readonly ExportImage[];
  /** What the cost of a variant is measured on: images that decided nothing before. */
  readonly test: readonly ExportImage[];
  /** How the manifest calls them, e.g. `test`. */
  readonly testName: string;
}
