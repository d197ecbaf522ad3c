import { describe, expect, it } from 'vitest';
import { FAILURE_KINDS } from './failure-kinds.ts';
import { explainStderr } from './explain-stderr.ts';
import { failureOf, problemError } from './failure.ts';
import { STDERR_SAMPLES } from './known-stderr.case.ts';
import type { ScriptEnding } from './run-script.ts';

const ENDING: ScriptEnding = {
  code: 1,
  signal: null,
  hasTimedOut: false,
  timeoutMs: 90_000,
  stderr: '',
};

describe('failureOf', () => {
  it.each(STDERR_SAMPLES)('knows $failure from $source', ({ failure, code, stderr }) => {
    const noise = 'WARNING:root:Limited tf.summary API due to missing TensorBoard installation.\n';
    const error = failureOf({ ...ENDING, stderr: `${noise.repeat(30)}${stderr}\n${noise}` });
    expect(error).toMatchObject({ code, details: { failure } });
    expect(error.hint).toBe(FAILURE_KINDS[failure].hint);
    expect(error.message).toMatch(/^(?:[A-Z]|tf2onnx |onnx |protobuf ).*\.$/u);
    expect(error.message).not.toMatch(/undefined(?! symbol)/u);
  });

  it('has a sample of every failure that is told by stderr', () => {
    const told = new Set(STDERR_SAMPLES.map(({ failure }) => failure));
    const others = ['python-missing', 'processor-unsupported', 'file-missing', 'model-invalid'];
    const byEnding = ['layer-missing', 'timed-out', 'killed', 'unknown'];
    expect([...told, ...others, ...byEnding].toSorted()).toEqual(
      Object.keys(FAILURE_KINDS).toSorted(),
    );
  });

  it.each([
    [{ hasTimedOut: true, code: null, signal: 'SIGKILL' }, 'timed-out', 'after 90 seconds'],
    [{ code: null, signal: 'SIGKILL' }, 'out-of-memory', 'was killed'],
    [{ code: 137 }, 'out-of-memory', 'was killed'],
    [{ code: null, signal: 'SIGILL' }, 'processor-unsupported', 'AVX'],
    [{ code: 132 }, 'processor-unsupported', 'AVX'],
    [{ code: null, signal: 'SIGTERM' }, 'killed', 'SIGTERM'],
    [{ code: 0 }, 'unknown', 'without a model'],
    [{ code: 3 }, 'unknown', 'exit code 3'],
  ] as const)('tells %j as %s', (ending, failure, words) => {
    const error = failureOf({ ...ENDING, ...ending });
    expect(error.details).toEqual({ failure, stderr: [] });
    expect(error.message).toContain(words);
  });

  it('is a time-out whatever Python said while it was killed', () => {
    const stderr = 'KeyboardInterrupt\nMemoryError\n';
    expect(failureOf({ ...ENDING, hasTimedOut: true, stderr }).details['failure']).toBe(
      'timed-out',
    );
  });

  it('gives the last words of what it does not know, and keeps the last lines, none of them endless', () => {
    const lines = Array.from({ length: 50 }, (_, at) => `line ${at}`);
    const stderr = `${lines.join('\n')}\n${'x'.repeat(1e6)}\nWobbleError: it wobbles.\n`;
    const error = failureOf({ ...ENDING, stderr });
    expect(error).toMatchObject({
      code: 'CONVERTER_FAILED',
      message: 'tf2onnx failed (WobbleError: it wobbles).',
      details: { failure: 'unknown' },
    });
    const kept = error.details['stderr'] as string[];
    expect(kept).toHaveLength(20);
    expect(kept[0]).toBe('line 32');
    expect(kept[18]).toHaveLength(400);
  });

  it('does not take warnings for failures', () => {
    expect(
      explainStderr(
        'WARNING:tf2onnx:***IMPORTANT*** Installed protobuf is not cpp accelerated.\n' +
          '2 TensorFlow binary is optimized to use available CPU instructions\n' +
          "'--tag' not specified for saved_model. Using --tag serve\n",
      ),
    ).toBeUndefined();
  });

  it('is quick with megabytes that almost match', () => {
    const started = performance.now();
    const config = "Error when deserializing class 'A' using config={".repeat(2_000);
    expect(explainStderr(config + 'GraphDef '.repeat(10_000))).toBeUndefined();
    // Measured: 25 ms; what grows with the square of it would take a minute.
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

describe('problemError', () => {
  it('keeps what the script says of the thing at fault', () => {
    const layers = [{ name: 'a', className: 'Wobble' }];
    const refusal = { problem: 'layer-unknown', message: 'keras does not', details: { layers } };
    expect(problemError(refusal, '')).toMatchObject({
      code: 'LAYER_UNSUPPORTED',
      message: 'Keras does not.',
      details: { failure: 'layer-unknown', layers },
    });
  });

  it('does not trust the name of a problem', () => {
    const refusal = { problem: 'constructor', message: 'm', details: {} };
    expect(problemError(refusal, '').code).toBe('CONVERTER_FAILED');
  });
});
