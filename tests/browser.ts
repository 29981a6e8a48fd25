/** A real browser: Debian's Chromium, driven by playwright-core, which brings none of its own. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const executablePath = '/usr/bin/chromium';

/** Git-ignored: for people to look at. */
const screenshots = new URL('../.local/screenshots/', import.meta.url);

/** Of the README. */
const pictures = new URL('../docs/images/', import.meta.url);

/** Viewport of a usual phone. */
const phone = { width: 390, height: 800 };

/** CI sets REQUIRE_CHROMIUM: there the browser is a must, elsewhere it is used where it is found. */
export function isChromiumThere(): boolean {
  return Boolean(process.env['REQUIRE_CHROMIUM']) || existsSync(executablePath);
}

/** Nothing but the pages asked for: no account, no update, no metrics. */
export function launchBrowser(): Promise<Browser> {
  const quiet = ['quic', 'background-networking', 'component-update', 'sync', 'gpu'].map((name) => `--disable-${name}`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--no-first-run', ...quiet] });
}

/** A phone of a French citizen. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'fr-FR', viewport: phone, ...options });
  // A page that is not what a test expects shows at once: all is on this machine.
  context.setDefaultTimeout(5_000);
  return context.newPage();
}

/** Finds no fault with the page, in light and in dark, and at 320 px; keeps what it looks like when SCREENSHOTS=true asks for it. */
export async function inspectPage(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findFaults(page), `${name}, ${colorScheme}`).toEqual([]);
    await keepScreenshot(page, `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow, `${name} is wider than ${width} px`).toBeLessThanOrEqual(0);
    await keepScreenshot(page, `${name}-${width}`);
  }
  if (size !== null) await page.setViewportSize(size);
}

async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== 'true') return;
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, screenshots)), fullPage: true });
}

/** Takes a picture for the README, only when that is asked for: every run has other references, and other machines other fonts. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (process.env['WRITE_PICTURES'] !== 'true') return;
  const { y = 0, height = 0 } = (await page.getByRole('main').boundingBox()) ?? {};
  const path = fileURLToPath(new URL(`${name}.png`, pictures));
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width: phone.width, height: y + height + 16 } });
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** Each rule of axe-core that the page breaks, with the elements that break it. */
async function findFaults(page: Page): Promise<string[]> {
  // Evaluated by the browser's tools, past the page's own policy, which lets no script in. Once for each page that is loaded.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(await axeSource());
  const results = (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as AxeResults;
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

function axeSource(): Promise<string> {
  return readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
}
