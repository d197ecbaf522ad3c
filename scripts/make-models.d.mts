/** The models that tests and benches may ask for, by name. */
export const MODELS: Readonly<Record<string, unknown>>;

/** Where a model is once it is made: `<cache>/models/<name>-<digest of its recipe>/model.onnx`, its run beside it in `run/`. */
export function modelPath(name: string): Promise<string>;

/** Makes the model unless it is in the cache; returns its path. */
export function makeModel(name: string): Promise<string>;
