/**
 * A Python that has optimum 2.1 with optimum-onnx 0.1, transformers 4.57 and torch (1 GB and more from PyPI, so that
 * `setup judges` leaves it out): docs/exported-folder.md says how it is made.
 */
export function optimumPython(): string | undefined {
  return process.env['ISOMETRY_OPTIMUM_PYTHON'];
}

/** The reason of tests that ask optimum; listed in test/allowed-skips.json. */
export const NO_OPTIMUM = 'No Python with optimum and torch: set ISOMETRY_OPTIMUM_PYTHON';
