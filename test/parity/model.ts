import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The model file that the conformance suite loads; `$ISOMETRY_TEST_MODEL` names another one. */
export function testModelPath(): string {
  return (
    process.env['ISOMETRY_TEST_MODEL'] ??
    fileURLToPath(new URL('../fixtures/model-v1.onnx', import.meta.url))
  );
}

export async function readTestModel(): Promise<Uint8Array> {
  return new Uint8Array(await readFile(testModelPath()));
}
