import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withUnknownOperator } from '../broken-files.ts';
import { describeRuntime } from '../conformance.case.ts';
import { readTestModel } from '../model.ts';
import { openWorkerd, type WorkerdUnderTest } from './open-workerd.ts';

describeRuntime({ name: 'workerd, WASM', open: openWorkerd, provider: 'wasm', bounds: 'exact' });

describe('WebAssembly.instantiate in workerd', () => {
  let workerd: WorkerdUnderTest;

  beforeAll(async () => {
    workerd = await openWorkerd();
  });

  afterAll(() => workerd?.dispose());

  it('is the original again after a load that fails, two that overlap and one that succeeds', async () => {
    const model = await readTestModel();
    await expect(workerd.loadModel(withUnknownOperator(model))).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
    });
    expect(await workerd.instantiateIsOriginal()).toBe(true);
    const [first, second] = await Promise.all([workerd.loadModel(model), workerd.loadModel(model)]);
    expect(await workerd.instantiateIsOriginal()).toBe(true);
    expect([first.provider, second.provider]).toEqual(['wasm', 'wasm']);
  });
});
