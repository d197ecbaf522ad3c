import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, NO_CHROMIUM } from '../../chromium.ts';
import { readGoldenImage } from '../golden-images.ts';
import { testModelPath } from '../model.ts';
import { openNode } from '../runners/open-node.ts';
import { openPage, type OpenedPage } from './open-page.ts';

/** Opaque, without a colour profile: Chromium decodes it to the pixels that the file stores. */
const PNG = 'png-rgb.png';

/** In the page: one source of each kind for the same picture, by name. */
type SourceName = (typeof ENCODED)[number] | (typeof DRAWN)[number] | 'ImageData';
const ENCODED = ['Uint8Array', 'ArrayBuffer', 'Blob', 'URL'] as const;
const DRAWN = ['ImageBitmap', 'HTMLImageElement', 'HTMLCanvasElement', 'OffscreenCanvas'] as const;

interface PageTrace {
  readonly tensor: string;
  readonly warnings: readonly string[];
}

const isMissing = chromiumPath() === undefined;

describe('sources in Chromium', () => {
  let opened: OpenedPage;
  let tensorOfBytes: string;

  beforeEach((context) => context.skip(isMissing, NO_CHROMIUM));

  beforeAll(async () => {
    if (isMissing) return;
    const node = await (await openNode(['wasm'])).loadModel(readFileSync(testModelPath()));
    tensorOfBytes = (await node.trace(readGoldenImage(PNG))).tensor.sha256;
    opened = await openPage(new URL('library-page.ts', import.meta.url), {
      '/model.onnx': { type: 'application/octet-stream', body: readFileSync(testModelPath()) },
      '/image.png': { type: 'image/png', body: readGoldenImage(PNG) },
      '/page/ort-wasm-simd-threaded.wasm': { type: 'text/html', body: '<!doctype html>' },
    });
  });

  afterAll(() => opened?.close());

  const traceInPage = (source: SourceName): Promise<PageTrace> =>
    opened.page.evaluate(async (name) => {
      const bytes = new Uint8Array(await (await fetch('/image.png')).arrayBuffer());
      const image = new Image();
      image.src = '/image.png';
      await image.decode();
      // Its layout's size is not the picture's.
      image.width = 7;
      const { naturalWidth: width, naturalHeight: height } = image;
      const drawOn = <Canvas extends HTMLCanvasElement | OffscreenCanvas>(
        canvas: Canvas,
      ): Canvas => {
        const context = canvas.getContext('2d') as CanvasRenderingContext2D | null;
        context?.drawImage(image, 0, 0);
        return canvas;
      };
      const page = Object.assign(document.createElement('canvas'), { width, height });
      const offscreen = drawOn(new OffscreenCanvas(width, height));
      const sources = {
        Uint8Array: bytes,
        ArrayBuffer: bytes.buffer,
        Blob: new Blob([bytes]),
        URL: new URL('/image.png', location.href),
        ImageData: offscreen.getContext('2d')?.getImageData(0, 0, width, height),
        ImageBitmap: await createImageBitmap(image),
        HTMLImageElement: image,
        HTMLCanvasElement: drawOn(page),
        OffscreenCanvas: offscreen,
      };
      const classifier = await globalThis.loadClassifierInPage('/model.onnx');
      const { tensor, decision } = await classifier.trace(sources[name] ?? bytes);
      await classifier.close();
      return { tensor: tensor.sha256, warnings: decision.warnings.map(({ code }) => code) };
    }, source);

  it.each(ENCODED)('encoded: %s gives the tensor that Node sees', async (name) => {
    expect(await traceInPage(name)).toEqual({ tensor: tensorOfBytes, warnings: [] });
  });

  it('ImageData is taken as it is', async () => {
    expect(await traceInPage('ImageData')).toEqual({ tensor: tensorOfBytes, warnings: [] });
  });

  it.each(DRAWN)('drawn: %s is used with a warning', async (name) => {
    expect(await traceInPage(name)).toEqual({
      tensor: tensorOfBytes,
      warnings: ['browser-decoded'],
    });
  });

  const codeInPage = (what: string): Promise<unknown> =>
    opened.page.evaluate(async (name) => {
      const load = globalThis.loadClassifierInPage;
      const classifier = await load('/model.onnx', { limits: { images: { maxRasterPixels: 16 } } });
      const foreign = new Image();
      foreign.src = `http://localhost:${location.port}/image.png`;
      await foreign.decode();
      const attempts: Record<string, () => Promise<unknown>> = {
        'an image without pixels': () => classifier.classify(new Image()),
        'a canvas above the limit': () => classifier.classify(new OffscreenCanvas(5, 4)),
        'an image of another origin': async () => (await load('/model.onnx')).classify(foreign),
        'something else': () => classifier.classify(7 as unknown as Blob),
        'a missing image': () => classifier.classify(new URL('/none.png', location.href)),
        'a missing model': () => load('/none.onnx'),
        'a model behind a closed port': () => load('http://127.0.0.1:9/model.onnx'),
        'a model above the limit': () =>
          load('/model.onnx', { limits: { model: { maxBytes: 9 } } }),
        'a provider of Node': () => load('/model.onnx', { providers: ['cpu'] }),
      };
      try {
        return await attempts[name]?.();
      } catch (error) {
        return (error as { readonly code?: string }).code ?? String(error);
      }
    }, what);

  it.each([
    ['an image without pixels', 'IMAGE_INVALID'],
    ['a canvas above the limit', 'IMAGE_TOO_LARGE'],
    ['an image of another origin', 'OPTION_INVALID'],
    ['something else', 'OPTION_INVALID'],
    ['a missing image', 'FILE_NOT_FOUND'],
    ['a missing model', 'FILE_NOT_FOUND'],
    ['a model behind a closed port', 'FILE_READ_FAILED'],
    ['a model above the limit', 'MODEL_TOO_LARGE'],
    ['a provider of Node', 'PROVIDER_UNAVAILABLE'],
  ])('%s is refused with %s', async (what, code) => {
    expect(await codeInPage(what)).toBe(code);
  });

  it('a wrong wasmPaths says what to copy, and the right one works afterwards', async () => {
    await opened.page.reload({ waitUntil: 'load' });
    const results = await opened.page.evaluate(async () => {
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page sees this function only
      const attempt = async (wasmPaths: string): Promise<string> => {
        try {
          const classifier = await globalThis.loadClassifierInPage('/model.onnx', { wasmPaths });
          return classifier.provider;
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        }
      };
      return [await attempt('/none'), await attempt('/page/'), await attempt('/')];
    });
    expect(results).toEqual([
      expect.stringMatching(/needs http\S+\/none\/ort-wasm-simd-threaded\.wasm: status 404/u),
      expect.stringMatching(/the server sends an HTML page/u),
      'wasm',
    ]);
  });

  it("a chunk of onnxruntime-web's that does not load says so, and is asked for again", async () => {
    await opened.page.reload({ waitUntil: 'load' });
    const attempt = (): Promise<unknown> =>
      opened.page.evaluate(async () => {
        try {
          return (await globalThis.loadClassifierInPage('/model.onnx')).provider;
        } catch (error) {
          return (error as { toJSON?(): object }).toJSON?.() ?? String(error);
        }
      });
    const chunk = /\/ort\.[^/]*\.js$/u;
    await opened.page.route(chunk, (route) => route.abort());
    expect(await attempt()).toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: 'The wasm provider needs onnxruntime-web, which does not load.',
      hint: expect.stringContaining('serve all chunks'),
    });
    await opened.page.unroute(chunk);
    expect(await attempt()).toBe('wasm');
  });
});
