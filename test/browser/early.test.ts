import { type Browser, type Page } from 'playwright-core'
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

/** What a page asks of the API until it is quiet, in order of the alphabet. */
async function askedBy(page: Page, path: string): Promise<readonly string[]> {
  const asked: string[] = []
  const note = (request: { url(): string; resourceType(): string }): void => {
    if (request.resourceType() === 'fetch') asked.push(request.url())
  }
  page.on('request', note)
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForLoadState('networkidle')
  page.off('request', note)
  return asked.toSorted()
}

test('what is asked before the scripts are here is what the page asks, and no more', async () => {
  await using house = await startHouse()
  const places = await furnished(house)
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  const paths = [
    ...places.map(({ path }) => path).filter(path => !path.startsWith('/settings/')),
    `/people/${toPersonKey('ada@mail.test')}`,
  ]
  for (const path of paths) {
    // With a search that it does not know a page opens as without one, but nothing is asked early.
    const asked = await askedBy(page, `${path}${path.includes('?') ? '&' : '?'}late`)
    expect(await askedBy(page, path), path).toEqual(asked)
  }
})
