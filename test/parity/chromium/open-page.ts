import type { Page } from 'playwright-core';
import { launchChromium } from '../../chromium.ts';
import { bundlePage } from './bundle-page.ts';
import { serveFiles, type ServedFile } from './serve-files.ts';

export interface OpenedPage {
  readonly page: Page;
  readonly origin: string;
  /** What the page printed on its console, and errors that nobody caught. */
  readonly printed: readonly string[];
  /** Every address that the page asked for. */
  readonly requested: readonly string[];
  close(): Promise<void>;
}

/** Bundles `entry`, serves it with `extraFiles` and opens it in a fresh headless Chromium. */
export async function openPage(
  entry: URL,
  extraFiles: Readonly<Record<string, ServedFile>> = {},
): Promise<OpenedPage> {
  const server = await serveFiles(
    new Map([...(await bundlePage(entry)), ...Object.entries(extraFiles)]),
  );
  const browser = await launchChromium();
  const close = async (): Promise<void> => {
    await browser.close();
    await server.close();
  };
  try {
    const page = await browser.newPage();
    const printed: string[] = [];
    const requested: string[] = [];
    page.on('console', (message) => printed.push(message.text()));
    page.on('pageerror', (error) => printed.push(String(error)));
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(server.origin, { waitUntil: 'load' });
    return { page, origin: server.origin, printed, requested, close };
  } catch (error) {
    await close();
    throw error;
  }
}
