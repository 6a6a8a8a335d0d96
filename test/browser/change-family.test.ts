import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUDIENCE, event, startHouse } from './house.ts'
import { setUp, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

const PEOPLE = ['ada@mail.test', 'bob@mail.test']
const HELD = {
  id: 'u1',
  organization_user_id: 'bob@mail.test',
  version: 1,
  updated_at: '2026-11-20T11:00:00Z',
  consents: { purposes: [{ id: 'newsletter', enabled: false }] },
}

test('R6c: what the other family of webhooks would do is shown before the source follows it', async () => {
  await using house = await startHouse()
  for (const email_address of PEOPLE) house.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  const { receives } = await house.integrates()
  await receives(...PEOPLE.map(who => event({ who, at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })))
  await receives({ type: 'user.created', parameters: { entity: HELD } })
  const delivered = async () =>
    (await house.api<{ deliveries: { delivered: number } }>('GET', '/v1/stats')).body.deliveries.delivered
  await expect.poll(delivered).toBe(2)
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)

  await page.goto('/settings/sources')
  await page.getByRole('combobox', { name: 'Webhooks followed by The shop' }).click()
  await page.getByRole('option', { name: 'user.*: what Didomi holds' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Newsletter: it changes 2 people of 2 looked at.').waitFor()
  await dialog.getByText('Merge fields: 1 denied, 1 not filled any more, and left as they are.').waitFor()
  const feed = async () => (await house.api<{ data: { feed: string }[] }>('GET', '/v1/sources')).body.data[0]?.feed
  expect(await feed()).toBe('event')
  await dialog.getByRole('button', { name: 'Follow it' }).click()
  await expect.poll(feed).toBe('user')
})
