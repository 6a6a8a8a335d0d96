import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUDIENCE, event, KEY, startHouse, tell } from './house.ts'
import { goTo, setUp, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

/** A value that is there to be pasted elsewhere. */
const copied = async (page: Page, label: string): Promise<string> =>
  (await page.getByRole('group', { name: label }).getByRole('code').textContent()) ?? ''

test('from the set-up link to the first delivered preference, past a wrong key and a missing merge tag', async () => {
  await using house = await startHouse()
  house.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)

  // Settings: a source, with what to paste into Didomi; it waits, and sees the first event come in.
  await page.goto('/integrations/new')
  await page.getByLabel('Name of the new source').fill('The shop')
  await page.getByRole('button', { name: 'Make the source' }).click()
  await page.getByText('Paste this into Didomi now').waitFor()
  const webhook = await copied(page, 'Endpoint URL')
  const header = JSON.parse(await copied(page, 'Request Headers (JSON)')) as { Authorization: string }
  await page.getByText('Waiting for the first event').waitFor()
  const grant = event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })
  await tell(webhook, header.Authorization, [grant])
  await page.getByText('Events arrive').waitFor()

  // A wrong key is told at once, and so is a server of another data centre.
  const key = page.getByLabel('API key')
  await key.fill('ffffffffffffffffffffffffffffffff-us6')
  await page.getByText('Mailchimp does not accept the API key').waitFor()
  await page.getByLabel('Server URL').fill('https://us21.admin.mailchimp.com/')
  await page.getByText('this URL to us21').waitFor()
  await page.getByRole('button', { name: 'Use https://us6.admin.mailchimp.com/' }).click()
  await key.fill(KEY)
  await page.getByText('Connected as').waitFor()
  const audience = page.getByRole('combobox', { name: 'Audience id' })
  await audience.click()
  await page.getByRole('option').first().click()
  expect(await audience.inputValue()).toBe(AUDIENCE)
  await page.getByRole('button', { name: 'Next' }).click()

  // Options: as they are, which is off, as at Didomi.
  expect(await page.getByRole('switch', { name: /Upsert mode/ }).isChecked()).toBe(false)
  await page.getByRole('button', { name: 'Next' }).click()

  // Mapping: what was seen, to a merge tag that the audience lacks and that is made from here.
  await page.getByRole('button', { name: /: purpose "newsletter"$/ }).click()
  const tag = page.getByRole('combobox', { name: 'Merge tag of row 1' })
  await tag.fill('WEEKLY')
  await page.getByRole('button', { name: 'Create WEEKLY at Mailchimp' }).click()
  await page.getByText('WEEKLY was created at Mailchimp').first().waitFor()
  await page.getByText('A sample event', { exact: true }).click()
  await page.getByText('The contact would be updated').waitFor()
  await page.getByRole('button', { name: 'Next' }).click()

  await page.getByRole('button', { name: 'Make the integration and deliver' }).click()
  await page.waitForURL(/\/integrations\/int_/)
  await expect
    .poll(() => house.mailchimp.contact(AUDIENCE, 'ada@mail.test')?.['merge_fields'])
    .toMatchObject({ WEEKLY: 'true' })
  await goTo(page, 'Activity')
  await page.getByText('in step', { exact: true }).first().waitFor()
})
