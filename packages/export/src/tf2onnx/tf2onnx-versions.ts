import * as z from 'zod';

/** What converts: the version of `python`, `tf2onnx`, `tensorflow`, `keras`, `onnx` and `numpy`, as far as known. */
export type Tf2onnxVersions = Readonly<Record<string, string>>;

/** Leaves out what is not a version. */
export function parseVersions(value: unknown): Tf2onnxVersions {
  const parsed = z.record(z.string(), z.string()).safeParse(value);
  return parsed.success ? parsed.data : {};
}

const TITLES: readonly (readonly [string, string])[] = [
  ['tf2onnx', 'tf2onnx'],
  ['tensorflow', 'TensorFlow'],
  ['keras', 'Keras'],
  ['onnx', 'onnx'],
  ['numpy', 'NumPy'],
  ['python', 'Python'],
];

/** One line for people: `tf2onnx 1.17.0, TensorFlow 2.15.1, …`. */
export function formatVersions(versions: Tf2onnxVersions): string {
  return TITLES.flatMap(([name, title]) => {
    const version = versions[name];
    return version === undefined ? [] : `${title} ${version}`;
  }).join(', ');
}
