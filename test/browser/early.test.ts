import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toPersonKey } from '../../console/parts/person-key.ts'
import { startHouse } from './house.ts'
import { furnished } from './scene.ts'
import { setUp, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

/** A page in the background refreshes nothing by itself: what it asks, it asks because it was opened. */
const IN_BACKGROUND = `Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })`

type Opened = { readonly page: Page; asked(): readonly string[] }

/** A page of its own, and what it has asked of the API so far. */
async function opened(context: BrowserContext, path: string): Promise<Opened> {
  const page = await context.newPage()
  await page.addInitScript(IN_BACKGROUND)
  const asked: string[] = []
  page.on('request', request => {
    if (request.resourceType() === 'fetch') asked.push(request.url())
  })
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForLoadState('networkidle')
  return { page, asked: () => asked }
}

/** What is in `some` and not in `others`, each as often as it is there more often. */
const without = (some: readonly string[], others: readonly string[]): readonly string[] =>
  others.reduce((rest, each) => (rest.includes(each) ? rest.toSpliced(rest.indexOf(each), 1) : rest), some)

test('what is asked before the scripts are here is what the page asks, and no more', async () => {
  await using house = await startHouse()
  const places = await furnished(house)
  await using window = await visit(browser, house)
  await setUp(window.page, house)
  const context = window.page.context()
  const paths = [
    ...places.map(({ path }) => path).filter(path => !path.startsWith('/settings/')),
    `/people/${toPersonKey('ada@mail.test')}`,
  ]
  for (const path of paths) {
    // With a search that it does not know a page opens as without one, but nothing is asked early.
    const late = await opened(context, `${path}${path.includes('?') ? '&' : '?'}late`)
    const early = await opened(context, path)
    // The network may rest for a moment on a busy machine although a page has more to ask: it comes, or it never does.
    await expect
      .poll(
        () => ({
          missing: without(late.asked(), early.asked()),
          needless: without(early.asked(), late.asked()),
        }),
        { message: path },
      )
      .toEqual({ missing: [], needless: [] })
    await Promise.all([late.page.close(), early.page.close()])
  }
})
