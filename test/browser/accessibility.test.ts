import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHouse } from './house.ts'
import { furnished } from './scene.ts'
import { setUp, startBrowser, visit } from './visit.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly html: string }[] }

/** What axe finds that is serious or critical, each with the first place of it. */
async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const run = 'axe.run(document, { resultTypes: ["violations"] })'
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(run)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`)
}

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

test.each(['light', 'dark'] as const)('axe finds nothing serious on any page, %s', async colorScheme => {
  await using house = await startHouse()
  const places = await furnished(house)
  const found: Record<string, string[]> = {}
  await using window = await visit(browser, house, { colorScheme })
  const { page } = window
  const look = async (name: string): Promise<void> => {
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForLoadState('networkidle')
    const serious = await seriousIn(page)
    if (serious.length > 0) found[name] = serious
  }
  await page.goto('/sign-in')
  await look('sign-in')
  await page.goto(house.setupLink)
  await look('set-up')
  await setUp(page, house)
  for (const { name, path } of places) {
    await page.goto(path)
    await look(name)
  }
  await page.goto('/people')
  await page.getByRole('main').getByRole('link').first().click()
  await page.getByText('Timeline').waitFor()
  await look('person')
  expect(found).toEqual({})
})
