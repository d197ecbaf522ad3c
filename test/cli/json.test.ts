import { loadClassifier } from '@isometry/runtime-node';
import { describe, expect, it } from 'vitest';
import { isometryHere } from './isometry-here.ts';
import { fixture, isometry } from './isometry-process.ts';

const MODEL = fixture('model-v1.onnx');
const GOOD = fixture('images/jpeg-420.jpg');
const WITH_WARNING = fixture('images/jpeg-icc.jpg');
const BROKEN = MODEL;

describe('--json', () => {
  // A process of its own shows that no library writes to stdout either.
  it.each([
    ['classify', isometry],
    ['embed', isometryHere],
    ['pixels', isometryHere],
  ])(
    '%s prints an object per image and nothing else on stdout; a broken image stops no other',
    async (command, run) => {
      const images = [GOOD, BROKEN, WITH_WARNING];
      const { code, stdout, stderr } = await run([command, MODEL, ...images, '--json']);
      const lines = stdout.split('\n');
      expect(lines.pop()).toBe('');
      const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(objects.map((object) => object['image'])).toEqual(images);
      expect(objects[1]).toMatchObject({ error: { code: 'IMAGE_UNSUPPORTED' } });
      expect(code).toBe(4);
      expect(stderr).toContain(`error IMAGE_UNSUPPORTED: ${BROKEN}: `);
      expect(stderr).toMatch(/^warning \S+: .*jpeg-icc\.jpg: /m);
      expect(stderr).toContain('1 of 3 images failed');
    },
  );

  it('carries the library’s own answers', async () => {
    const classifier = await loadClassifier(MODEL);
    const trace = await classifier.trace(GOOD);
    await classifier.close();
    const [classified, embedded, pixels] = await Promise.all(
      ['classify', 'embed', 'pixels'].map(async (command) => {
        const { stdout } = await isometryHere([command, MODEL, GOOD, '--json']);
        return JSON.parse(stdout) as Record<string, unknown>;
      }),
    );
    expect(classified).toMatchObject({
      label: trace.decision.label,
      predictions: trace.decision.predictions,
      provider: 'cpu',
      modelDigest: trace.decision.modelDigest,
    });
    expect(Float32Array.from(embedded?.['embedding'] as number[])).toEqual(
      trace.decision.embedding,
    );
    expect(pixels).toMatchObject({
      pixels: { sha256: trace.pixels.sha256, width: 64, height: 64 },
      tensor: { sha256: trace.tensor.sha256, dims: [1, 3, 64, 64] },
    });
  });

  it('inspect prints the manifest', async () => {
    const { code, stdout } = await isometryHere(['inspect', MODEL, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      manifest: { version: 1, labels: expect.arrayContaining(['wart']) as string[] },
    });
  });
});
