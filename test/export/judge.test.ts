import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareArrays, MANIFEST_KEY, parseManifest } from '@isometry/core';
import { exportRun } from '@isometry/export';
import { decodeModel, encodeModel, withMetadata } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import { loadTfjs, type BackboneName } from '@isometry/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';
import { writeBackboneRun } from './backbone-run.ts';
import { randomiseWeights, randomValues } from './layers-model.ts';
import { buildMobileNet } from './mobilenet.ts';
import { openCpuSession, valuesOf } from './onnx-session.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const SCRIPT = join(import.meta.dirname, 'judge_model.py');

/** What `judge_model.py run` prints. */
interface Verdict {
  readonly without_shape: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly producer: string;
  readonly input_shape: readonly unknown[];
  readonly outputs: Readonly<Record<string, { readonly dims: number[]; readonly data: string }>>;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-judge-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function ask<Answer>(...args: readonly string[]): Promise<Answer> {
  return JSON.parse(await runJudge(SCRIPT, args)) as Answer;
}

describe('Python’s onnx and onnxruntime', () => {
  it.for([
    { side: 64, normalise: true },
    { side: 65, normalise: false },
  ])(
    'accept the model and compute the same at $side px, normalised: $normalise',
    async ({ side, normalise }, { skip }) => {
      skip(judgesPython() === undefined, NO_JUDGES);
      const model = buildMobileNet({ side, normalise });
      randomiseWeights(model, side);
      const run = join(folder, `run-${side}`);
      await writeRun(run, model, draftFor(side, normalise));
      const { modelPath, manifest } = await exportRun(run, {
        out: join(folder, `model-${side}.onnx`),
        createSession: openCpuSession,
        decode: createImageDecoder(),
      });
      const batch = 4;
      const data = randomValues(batch * 3 * side * side, side);
      const input = join(folder, `input-${side}`);
      await writeFile(input, data);
      const verdict = await ask<Verdict>('run', modelPath, input, `${batch}x3x${side}x${side}`);

      expect(verdict.without_shape).toEqual([]);
      expect(verdict.input_shape).toEqual(['N', 3, side, side]);
      expect(verdict.producer).toBe('isometry');
      expect(parseManifest(verdict.metadata[MANIFEST_KEY] ?? '')).toEqual(manifest);
      expect(verdict.metadata['Image.NominalPixelRange']).toBe('Normalized_1_1');

      const session = await openCpuSession(await readFile(modelPath));
      const feeds = { pixel_values: { data, dims: [batch, 3, side, side] } };
      const outputs = await session.run(feeds, session.outputNames);
      await session.close();
      expect(Object.keys(verdict.outputs)).toEqual(session.outputNames);
      for (const [name, { dims, data: base64 }] of Object.entries(verdict.outputs)) {
        const theirs = new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
        expect(outputs[name]?.dims).toEqual(dims);
        expect(compareArrays(theirs, valuesOf(outputs, name)).relativeL2).toBeLessThan(1e-6);
      }
    },
  );

  it.for([
    ['mobilenet', 64, 0.25],
    ['resnet50', 32, 1],
    ['inceptionv3', 75, 1],
  ] as const satisfies readonly (readonly [BackboneName, number, number])[])(
    'accept %s at %i px, and by definition it computes the same',
    { timeout: 120_000 },
    async ([name, side, widthMultiplier], { skip }) => {
      skip(judgesPython() === undefined, NO_JUDGES);
      const run = join(folder, name);
      await writeBackboneRun(run, { name, side, widthMultiplier, seed: 5 });
      const { modelPath } = await exportRun(run, {
        out: join(folder, `${name}.onnx`),
        createSession: openCpuSession,
        decode: createImageDecoder(),
        loadTfjs,
      });
      const data = randomValues(3 * side * side, side);
      const input = join(folder, `input-${name}`);
      await writeFile(input, data);
      const verdict = await ask<Verdict>('reference', modelPath, input, `1x3x${side}x${side}`);

      expect(verdict.without_shape).toEqual([]);
      const session = await openCpuSession(await readFile(modelPath));
      const feeds = { pixel_values: { data, dims: [1, 3, side, side] } };
      const outputs = await session.run(feeds, session.outputNames);
      await session.close();
      expect(Object.keys(verdict.outputs)).toEqual(session.outputNames);
      for (const [output, { dims, data: base64 }] of Object.entries(verdict.outputs)) {
        const theirs = new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
        const { relativeL2 } = compareArrays(theirs, valuesOf(outputs, output));
        expect(outputs[output]?.dims).toEqual(dims);
        // Measured: 3.8e-7, 8.3e-7 and 9.3e-7 at most: numpy adds up in another order.
        expect(relativeL2).toBeLessThan(5e-6);
      }
    },
  );

  it('find nothing changed in a model of theirs that we read and wrote', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const [path = ''] = await ask<string[]>('make', folder);
    const bytes = await readFile(path);
    const copy = join(folder, 'copy.onnx');
    await writeFile(copy, encodeModel(decodeModel(bytes)));
    expect(await ask('equal', path, copy)).toBe(true);

    const same = join(folder, 'same.onnx');
    await writeFile(same, withMetadata(bytes, {}));
    expect(await ask('equal', path, same)).toBe(true);
    const changed = join(folder, 'changed.onnx');
    await writeFile(changed, withMetadata(bytes, { key: 'other' }));
    expect(await ask('equal', path, changed)).toBe(false);
  });
});
