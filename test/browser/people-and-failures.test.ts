import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUDIENCE, event, startHouse, type House } from './house.ts'
import { goTo, setUp, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

const says = (who: string, newsletter: boolean, at = '2026-11-20T10:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

const valueOf = (house: House, who: string): unknown =>
  (house.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS?: string } | undefined)?.NEWS

const openPerson = async (page: Page, start: string): Promise<void> => {
  await goTo(page, 'People')
  await page.getByRole('textbox', { name: 'Search for a person' }).fill(start)
  await page
    .getByRole('main')
    .getByRole('link', { name: `${start.slice(0, 1)}•••@mail.test` })
    .click()
}

test('a person is found, explained, compared with Mailchimp, and erased', async () => {
  await using house = await startHouse()
  house.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  const { receives } = await house.integrates()
  await receives(says('ada@mail.test', true), says('ada@mail.test', false, '2026-11-21T10:00:00Z'))
  await expect.poll(() => valueOf(house, 'ada@mail.test')).toBe('false')
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)

  await openPerson(page, 'ada@mail.test')
  const main = page.getByRole('main')
  await main.getByText('purpose "newsletter"').first().waitFor()
  // The address is hidden until somebody asks for it, which is written down.
  await main
    .getByRole('button', { name: /^Show the address/ })
    .first()
    .click()
  await main.getByText('ada@mail.test').first().waitFor()
  const audit = await house.api<{ data: { action: string }[] }>('GET', '/v1/audit')
  expect(audit.body.data.map(({ action }) => action)).toContain('person.revealed')

  await main.getByRole('button', { name: 'Explain' }).click()
  await main.getByText('We last wrote these very values').waitFor()
  // Somebody changes the field at Mailchimp by hand.
  house.mailchimp.addContact(AUDIENCE, {
    email_address: 'ada@mail.test',
    status: 'subscribed',
    merge_fields: { NEWS: 'true' },
  })
  await main.getByRole('button', { name: 'Compare with Mailchimp' }).click()
  await main.getByText('Mailchimp differed in NEWS').waitFor()
  await main.getByText(/^Read .* Status at Mailchimp: subscribed\.$/).waitFor()
  await main.getByText('NEWS=false').first().waitFor()
  expect(await main.getByText('Mailchimp holds').count()).toBe(0)

  await main.getByRole('button', { name: 'Erase' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true)
  await dialog.getByLabel(/^Type/).fill('erase')
  await dialog.getByRole('button', { name: 'Erase' }).click()
  await page.waitForURL('**/people')
  await main.getByText('Nobody is known yet').waitFor()
  expect((await house.api('GET', '/v1/people/ada%40mail.test')).status).toBe(404)
})

test('R34: an erasure says what it waits for, denies what was written, and leaves the page when it has ended', async () => {
  await using house = await startHouse()
  house.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  const { id, receives } = await house.integrates()
  await receives(says('ada@mail.test', true))
  await expect.poll(() => valueOf(house, 'ada@mail.test')).toBe('true')
  await house.api('POST', `/v1/integrations/${id}/pause`)
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)

  await openPerson(page, 'ada@mail.test')
  const main = page.getByRole('main')
  await main.getByRole('button', { name: 'Erase' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/each yes that was written for them alone is denied at Mailchimp/).waitFor()
  const leaves = dialog.getByRole('switch', { name: 'Leave at Mailchimp what was written' })
  await leaves.check()
  await dialog.getByText(/each yes stays as it is, and nothing takes it back/).waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await main.getByRole('button', { name: 'Erase' }).click()
  expect(await leaves.isChecked()).toBe(false)
  await dialog.getByLabel(/^Type/).fill('erase')
  await dialog.getByRole('button', { name: 'Erase' }).click()
  await main.getByText('Being erased').waitFor()
  await main.getByText(/^Waits: a delivery waits/).waitFor()
  expect(valueOf(house, 'ada@mail.test')).toBe('true')

  await house.api('POST', `/v1/integrations/${id}/resume`)
  await expect.poll(() => valueOf(house, 'ada@mail.test')).toBe('false')
  await house.api('DELETE', '/v1/people/ada%40mail.test')
  await page.waitForURL('**/people')
  expect((await house.api('GET', '/v1/people/ada%40mail.test')).status).toBe(404)
})

test('R34: an erasure that ends unproven says so', async () => {
  await using house = await startHouse()
  house.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  const { id, receives } = await house.integrates()
  await receives(says('ada@mail.test', true))
  await expect.poll(() => valueOf(house, 'ada@mail.test')).toBe('true')
  await house.api('POST', `/v1/integrations/${id}/pause`)
  const { body } = await house.api<{ id: string }>('DELETE', '/v1/people/ada%40mail.test')
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  // A day later; here the clock is the real one.
  await page.route(`**/v1/erasures/${body.id}`, async route => {
    const answer = await route.fetch()
    const waiting = (await answer.json()) as { waits_for: object[] }
    const erased = { facts: 1, bodies: 1, attempts: 1, deliveries: 1 }
    const over = { ...waiting, state: 'erased', erased, waits_for: [], unproven: waiting.waits_for }
    await route.fulfill({ json: over })
  })
  await openPerson(page, 'ada@mail.test')
  await page.waitForURL('**/people')
  await page.getByText('Not proved at Mailchimp').waitFor()
  await page.getByText(/A yes may still stand there: a delivery waits/).waitFor()
})

test('R5, R6: what was taken away, and a fact that its Didomi user names, are marked as such', async () => {
  await using house = await startHouse()
  house.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  const { receives } = await house.integrates()
  const at = '2026-11-20T10:00:00Z'
  const grant = event({ who: 'ada@mail.test', user: 'device-1', at, purposes: { newsletter: true } })
  const unnamed = event({ who: undefined, user: 'device-1', at, purposes: { offers: true } })
  await receives(grant, unnamed, { ...grant, type: 'event.deleted' })
  await expect.poll(() => valueOf(house, 'ada@mail.test')).toBe('false')
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await openPerson(page, 'ada@mail.test')
  const main = page.getByRole('main')
  await main.getByText('Taken away: the event behind it was deleted.').waitFor()
  await main.getByText('named by its Didomi user').first().waitFor()
  await main.getByText('in step', { exact: true }).waitFor()
})

test('a failure group is replayed after its count, and its progress survives a reload', async () => {
  await using house = await startHouse()
  const people = Array.from({ length: 12 }, (_, n) => `p${n}@mail.test`)
  for (const email_address of people) house.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  house.mailchimp.addFault({
    match: { method: 'PATCH' },
    fault: { status: 400, title: 'Forgotten Email Not Subscribed', detail: 'It was permanently deleted.' },
  })
  const { receives } = await house.integrates()
  await receives(people.map(who => says(who, true)))
  const dead = async () => (await house.api<{ deliveries: { dead: number } }>('GET', '/v1/stats')).body.deliveries.dead
  await expect.poll(dead).toBe(12)
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)

  await goTo(page, 'Failures')
  const main = page.getByRole('main')
  await main.getByRole('link', { name: 'forgotten' }).click()
  await main.getByText('The contact was permanently deleted at Mailchimp and cannot be imported again.').waitFor()
  house.mailchimp.clearFaults()
  await main.getByRole('button', { name: 'Replay this group' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('12 people').first().waitFor()
  await dialog.getByRole('button', { name: 'Replay 12 people' }).click()
  await page.waitForURL(/\/replays\/rpl_/)
  await page.reload()
  await main.getByText('12 of 12').first().waitFor()
  await expect.poll(() => people.map(who => valueOf(house, who))).toEqual(people.map(() => 'true'))
})
