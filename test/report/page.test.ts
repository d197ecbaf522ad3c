import { renderPage } from '@isometry/report';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium, NO_CHROMIUM } from '../chromium.ts';
import {
  openReport,
  writeReportFile,
  type OpenedReport,
  type OpenReportOptions,
} from './open-report.ts';
import { COUNTS, HOSTILE, samplePage } from './sample-page.ts';

describe('a page in Chromium', () => {
  let browser: Browser | undefined;
  let file: Awaited<ReturnType<typeof writeReportFile>> | undefined;

  beforeAll(async () => {
    if (chromiumPath() === undefined) return;
    browser = await launchChromium();
    file = await writeReportFile(await renderPage(await samplePage()));
  });
  beforeEach(({ skip }) => {
    skip(chromiumPath() === undefined, NO_CHROMIUM);
  });
  afterAll(async () => {
    await browser?.close();
    await file?.remove();
  });

  /** Every reader's page must stay silent and ask for nothing but itself. */
  async function read(
    options: OpenReportOptions,
    look: (opened: OpenedReport['page']) => Promise<void>,
  ): Promise<void> {
    const url = file?.url ?? '';
    const { page, printed, requested, close } = await openReport(browser as Browser, url, options);
    try {
      await look(page);
      expect(printed).toEqual([]);
      expect(new Set(requested)).toEqual(new Set([url]));
    } finally {
      await close();
    }
  }

  it('opens from the disk with its pictures and figures, and asks for nothing else', () =>
    read({}, async (page) => {
      expect(await page.title()).toBe('A report');
      expect(await page.locator('figure.figure svg').count()).toBe(7);
      const widths = await page
        .locator('img')
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
      expect(widths).toEqual([4]);
    }));

  it('keeps a hostile label text', () =>
    read({}, async (page) => {
      expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
      expect(await page.locator('img[src="x"]').count()).toBe(0);
      expect(await page.locator('#wide tbody th').first().textContent()).toBe(HOSTILE);
    }));

  it('sorts numbers as numbers, both ways, what has none last', () =>
    read({}, async (page) => {
      const header = page.locator('#counts thead th').nth(1);
      const order = (): Promise<string[]> =>
        page
          .locator('#counts tbody tr')
          .evaluateAll((rows) =>
            rows.map((row) => Array.from(row.children, (cell) => cell.textContent).join(' ')),
          );
      const named = (indices: number[]): string[] =>
        indices.map((index) => `class ${index} ${COUNTS[index]}`);
      expect(await header.getAttribute('aria-sort')).toBe('none');
      await header.getByRole('button').click();
      expect(await order()).toEqual(named([7, 6, 8, 4, 0, 1, 5, 2, 3]));
      expect(await header.getAttribute('aria-sort')).toBe('ascending');
      await header.getByRole('button').click();
      // Equal rows keep their order.
      expect(await order()).toEqual(named([2, 1, 5, 0, 4, 8, 6, 7, 3]));
      expect(await header.getAttribute('aria-sort')).toBe('descending');
      await page.locator('#counts thead th').first().getByRole('button').click();
      expect(await order()).toEqual(named(COUNTS.map((_, index) => index)));
      expect(await header.getAttribute('aria-sort')).toBe('none');
    }));

  it('sorts by the keyboard', () =>
    read({}, async (page) => {
      const header = page.locator('#counts thead th').nth(1);
      await page.locator('#counts thead th').first().getByRole('button').focus();
      await page.keyboard.press('Tab');
      expect(
        await header.getByRole('button').evaluate((one) => one === document.activeElement),
      ).toBe(true);
      await page.keyboard.press('Enter');
      expect(await header.getAttribute('aria-sort')).toBe('ascending');
      await page.keyboard.press(' ');
      expect(await header.getAttribute('aria-sort')).toBe('descending');
    }));

  it('leads past the list of sections', () =>
    read({}, async (page) => {
      await page.keyboard.press('Tab');
      const skip = page.locator('.skip');
      expect(await skip.evaluate((one) => one.getBoundingClientRect().left)).toBe(0);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    }));

  it.each(['light', 'dark'] as const)('is %s where the reader prefers that', (colorScheme) =>
    read({ colorScheme }, async (page) => {
      const isDark = colorScheme === 'dark';
      expect(lightness(await colours(page)) < 0.5).toEqual(isDark);
      const chosen = isDark ? 'Light' : 'Dark';
      const before = await colours(page);
      await page.getByRole('button', { name: chosen }).click();
      const after = await colours(page);
      expect(lightness(after) < 0.5).toEqual(!isDark);
      for (const part of ['text', 'figureText', 'figureMark'] as const) {
        expect(after[part]).not.toBe(before[part]);
      }
      await page.reload();
      expect(await colours(page)).toEqual(after);
      await page.getByRole('button', { name: 'Auto' }).click();
      expect(await colours(page)).toEqual(before);
    }),
  );

  it('prints light, without what can only be clicked', () =>
    read({ colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(lightness(await colours(page))).toBeGreaterThan(0.9);
      expect(await page.locator('nav').isVisible()).toBe(false);
      expect(await page.locator('#counts thead').innerText()).toContain('Images');
    }));

  it('fits a telephone: only wide tables and figures scroll, each in its own box', () =>
    read({ viewport: { width: 360, height: 740 } }, async (page) => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      const wide = page.locator('#wide');
      expect(await wide.evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(true);
      expect(await wide.getAttribute('tabindex')).toBe('0');
      expect(await page.locator('#counts').getAttribute('tabindex')).toBeNull();
      const right = await page
        .locator('p, dd, h1, h2, img, caption span, figcaption')
        .evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().right)));
      expect(right).toBeLessThanOrEqual(360);
    }));

  it('shows everything where no script runs, and nothing that needs one', () =>
    read({ javaScriptEnabled: false }, async (page) => {
      expect(await page.locator('#counts tbody tr').allInnerTexts()).toHaveLength(COUNTS.length);
      expect(await page.locator('figure.figure svg').last().isVisible()).toBe(true);
      expect(await page.locator('button').filter({ visible: true }).count()).toBe(0);
      expect(await page.locator('#counts thead th').allInnerTexts()).toEqual(['Class', 'Images']);
    }));

  it('works where storage is blocked', () =>
    read({ before: BLOCK_STORAGE }, async (page) => {
      await page.getByRole('button', { name: 'Dark' }).click();
      expect(lightness(await colours(page))).toBeLessThan(0.5);
    }));

  it('moves nothing for who asked for less motion', async () => {
    const behaviour = async (reducedMotion: 'reduce' | 'no-preference'): Promise<string> => {
      let found = '';
      await read({ reducedMotion }, async (page) => {
        found = await page.evaluate(
          () => getComputedStyle(document.documentElement).scrollBehavior,
        );
      });
      return found;
    };
    expect(await behaviour('reduce')).toBe('auto');
    expect(await behaviour('no-preference')).toBe('smooth');
  });
});

const BLOCK_STORAGE = `Object.defineProperty(globalThis, 'localStorage', {
  get() { throw new DOMException('blocked', 'SecurityError'); },
});`;

interface Colours {
  readonly surface: string;
  readonly text: string;
  readonly figureText: string;
  readonly figureMark: string;
}

function colours(page: OpenedReport['page']): Promise<Colours> {
  return page.evaluate(() => {
    const styleOf = (selector: string): CSSStyleDeclaration =>
      getComputedStyle(document.querySelector(selector) as Element);
    return {
      surface: styleOf('html').backgroundColor,
      text: styleOf('h1').color,
      figureText: styleOf('#reliability svg text').fill,
      figureMark: styleOf('#distances svg path[stroke^="var(--figure-series"]').stroke,
    };
  });
}

/** Of the surface, 0 to 1. */
function lightness({ surface }: Colours): number {
  const [red = 0, green = 0, blue = 0] = (surface.match(/\d+/gu) ?? []).map(Number);
  return (red + green + blue) / 3 / 255;
}
