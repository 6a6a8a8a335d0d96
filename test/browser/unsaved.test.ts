import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUDIENCE, startHouse } from './house.ts'
import { setUp, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

const OFFERS = { id: 'OFFERS', value: 'consents_purposes_offers_enabled' }
const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }

/** A page asks by itself how an integration is. */
const ASKS_EVERY = 15_000

test('a mapping that is not saved is not lost by a click, nor by what somebody else saves', async () => {
  await using house = await startHouse()
  house.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
  const { id } = await house.integrates()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.clock.install()
  await page.goto(`/integrations/${id}?tab=mapping`)
  await page.getByRole('button', { name: 'Add a row' }).click()
  const path = page.getByRole('combobox', { name: 'Preference of row 2' })
  await path.fill('country')
  await page.getByRole('combobox', { name: 'Merge tag of row 2' }).fill('COUNTRY')

  await page.getByRole('tab', { name: 'Status' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('What you changed here is lost.').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(await path.inputValue()).toBe('country')

  // What does not touch the mapping is no reason to ask.
  await house.api('PATCH', `/v1/integrations/${id}`, { name: 'Another name' })
  await page.clock.fastForward(ASKS_EVERY)
  await page.getByRole('heading', { name: 'Another name' }).waitFor()
  expect(await path.inputValue()).toBe('country')
  expect(await page.getByText('Somebody saved another version').count()).toBe(0)

  await house.api('PATCH', `/v1/integrations/${id}`, { mappings: [NEWS, OFFERS] })
  await page.clock.fastForward(ASKS_EVERY)
  await page.getByText('Somebody saved another version meanwhile').waitFor()
  expect(await path.inputValue()).toBe('country')
  await page.getByRole('button', { name: 'Show what was saved' }).click()
  expect(await path.inputValue()).toBe(OFFERS.value)
  await page.getByRole('tab', { name: 'Status' }).click()
  await page.waitForURL(url => !url.search.includes('mapping'))
})

test('settings that were saved are no reason to ask, not even with a key that was typed', async () => {
  await using house = await startHouse()
  const { id } = await house.integrates()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.goto(`/integrations/${id}?tab=settings`)
  await page.getByLabel('API key').fill('0123456789abcdef0123456789abcdef-us6')
  await page.getByText('Connected as').waitFor()
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await save.click()
  await page.getByText('Saved. Everyone of this integration').waitFor()
  expect(await page.getByLabel('API key').inputValue()).toBe('')
  await page.getByRole('tab', { name: 'Mapping' }).click()
  await page.waitForURL('**/*tab=mapping*')
  await page.getByRole('combobox', { name: 'Preference of row 1' }).waitFor()
})
