import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface OpenedReport {
  readonly page: Page;
  /** What the page printed on its console, and errors that nobody caught; a breach of its policy is one. */
  readonly printed: readonly string[];
  /** Every address that was asked for, `data:` left out. */
  readonly requested: readonly string[];
  readonly close: () => Promise<void>;
}

export interface OpenReportOptions extends BrowserContextOptions {
  /** Runs in the page before its own script. */
  readonly before?: string;
}

/** Writes the page into a folder of its own. */
export async function writeReportFile(
  html: string,
): Promise<{ readonly url: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'isometry-report-'));
  const path = join(folder, 'index.html');
  await writeFile(path, html);
  return {
    url: pathToFileURL(path).href,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Opens the file as a reader does, from the disk and without a network. */
export async function openReport(
  browser: Browser,
  url: string,
  { before, ...options }: OpenReportOptions = {},
): Promise<OpenedReport> {
  const context = await browser.newContext({ offline: true, ...options });
  if (before !== undefined) await context.addInitScript(before);
  const page = await context.newPage();
  const printed: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => printed.push(message.text()));
  page.on('pageerror', (error) => printed.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) requested.push(request.url());
  });
  await page.goto(url, { waitUntil: 'load' });
  return { page, printed, requested, close: () => context.close() };
}
