import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUDIENCE, event, startHouse, type House } from './house.ts'
import { goTo, setUp, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

const says = (who: string) => event({ who, at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })

/** One event each: delivered, of an unknown contact, refused, and deleted. */
async function furnish(house: House): Promise<void> {
  for (const name of ['ada', 'eve'])
    house.mailchimp.addContact(AUDIENCE, { email_address: `${name}@mail.test`, status: 'subscribed' })
  const { receives } = await house.integrates()
  const settles = () =>
    expect
      .poll(async () => {
        const { deliveries } = (await house.api<{ deliveries: Record<string, number> }>('GET', '/v1/stats')).body
        return (deliveries['waiting'] ?? 0) + (deliveries['sending'] ?? 0)
      })
      .toBe(0)
  await receives(says('ada@mail.test'), says('bob@mail.test'))
  await settles()
  const fault = { status: 400, title: 'Forgotten Email Not Subscribed', detail: 'It was permanently deleted.' }
  house.mailchimp.addFault({ match: { method: 'PATCH' }, fault })
  await receives(says('eve@mail.test'), { ...says('joan@mail.test'), type: 'event.deleted' })
  await settles()
}

const ALL = ['j', 'e', 'b', 'a']

/** The people of the events that are listed, by the one letter that is shown of them. */
const listed = async (page: Page): Promise<string[]> => {
  const rows = await page.getByRole('list', { name: 'Events' }).getByRole('listitem').allInnerTexts()
  return rows.map(text => /(\w)•••@mail\.test/.exec(text)?.[1] ?? text)
}

const shows = (page: Page, who: readonly string[]) => expect.poll(() => listed(page)).toEqual(who)

async function choose(page: Page, filter: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: filter }).selectOption({ label: option })
}

const searchOf = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams)

/** A time as an input shows it: the browser and this test are in one time zone. */
const inputTime = (at: number): string => {
  const time = new Date(at)
  return new Date(at - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

const clear = async (page: Page): Promise<void> => {
  await goTo(page, 'Activity')
  await shows(page, ALL)
}

test('events are narrowed by type, answer, reason and time, and the address keeps it', async () => {
  await using house = await startHouse()
  await furnish(house)
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await clear(page)

  const narrows = async (filter: string, option: string, kept: Record<string, string>, who: readonly string[]) => {
    await choose(page, filter, option)
    await expect.poll(() => searchOf(page)).toEqual(kept)
    await shows(page, who)
    await page.reload()
    await shows(page, who)
  }
  await narrows('Type', 'event.deleted', { type: 'event.deleted' }, ['j'])
  await clear(page)
  await narrows('Mailchimp answered', '404', { answer: '404' }, ['b'])
  await narrows('Type', 'event.created', { answer: '404', type: 'event.created' }, ['b'])
  await clear(page)
  await narrows('Reason of an attempt', 'Forgotten', { reason: 'forgotten' }, ['e'])
  await clear(page)
  await narrows('Received', 'Last hour', { hours: '1' }, ALL)

  // Nothing matches; from there one click leads back to everything.
  await choose(page, 'Mailchimp answered', 'No answer')
  await page.getByText('Nothing matches these filters').waitFor()
  await page.reload()
  await page.getByText('Nothing matches these filters').waitFor()
  expect(searchOf(page)).toEqual({ hours: '1', answer: 'none' })
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await shows(page, ALL)
})

test('deliveries are narrowed by how they ended, and an older link finds what it found', async () => {
  await using house = await startHouse()
  await furnish(house)
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  const deliveries = page.getByRole('list', { name: 'Deliveries' })
  const rows = () => deliveries.getByRole('listitem').allInnerTexts()
  await page.goto('/activity?view=deliveries')
  await deliveries.getByText('in step', { exact: true }).first().waitFor()
  await choose(page, 'Status', 'not in the audience')
  await expect.poll(() => searchOf(page)).toEqual({ view: 'deliveries', end: 'not_in_audience' })
  await expect.poll(async () => (await rows()).map(text => /(\w)•••@/.exec(text)?.[1])).toEqual(['b'])
  await choose(page, 'Status', 'dead letter')
  await expect.poll(() => searchOf(page)).toEqual({ view: 'deliveries', status: 'dead' })
  await page.goto('/activity?view=deliveries&status=skipped')
  await deliveries.getByText('not in the audience', { exact: true }).waitFor()
  expect(await page.getByRole('combobox', { name: 'Status' }).inputValue()).toBe('skipped')
})

test('a range of one’s own, on a phone', async () => {
  await using house = await startHouse()
  await furnish(house)
  await using window = await visit(browser, house, { viewport: { width: 390, height: 844 } })
  const { page } = window
  await setUp(page, house)
  await page.goto('/activity')
  await shows(page, ALL)

  await choose(page, 'Received', 'Custom range')
  await shows(page, ALL)
  const [from, to] = [page.getByLabel('From'), page.getByLabel('To')]
  await to.fill(inputTime(Date.now() - 3_600_000))
  await to.press('Enter')
  await page.getByText('Nothing matches these filters').waitFor()
  await page.reload()
  await page.getByText('Nothing matches these filters').waitFor()
  await to.fill(inputTime(Date.now() + 3_600_000))
  await to.press('Enter')
  await shows(page, ALL)
  await from.fill(inputTime(Date.now() + 7_200_000))
  await from.press('Enter')
  await page.getByText('Choose a time after From.').waitFor()
  expect(Object.keys(searchOf(page)).sort()).toEqual(['from', 'to'])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
})

test('a long search that finds nothing goes on by itself, and then asks', async () => {
  await using house = await startHouse()
  await furnish(house)
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  const cursors: string[] = []
  await page.route('**/v1/events?*', async route => {
    const query = new URL(route.request().url()).searchParams
    if (!query.has('answer_status')) return route.continue()
    const cursor = query.get('cursor') ?? ''
    if (cursor !== '') cursors.push(cursor)
    await route.fulfill({ json: { data: [], next_cursor: cursors.length < 25 ? `page ${cursors.length + 2}` : null } })
  })
  await page.goto('/activity?answer=404')
  await page.getByText('Nothing more so far').waitFor()
  expect(cursors).toHaveLength(19)
  await page.getByRole('button', { name: 'Search older events' }).click()
  await page.getByText('Nothing matches these filters').waitFor()
  expect(cursors).toHaveLength(25)
})

test('R2: an operator has what was set apart read again', async () => {
  await using house = await startHouse()
  const { receives } = await house.integrates()
  await receives({ type: 'event.created', parameters: { entity: {} } })
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.goto('/activity?view=quarantine')
  const button = page.getByRole('button', { name: 'Read again' })
  await button.click()
  await page.getByText('This version of the service cannot read it either.').waitFor()
  // As another version of the service would answer.
  const records = { folded: 1, evidence: 0, ignored: 0, anonymous: 0, duplicate: 0, set_apart: 0 }
  await page.route('**/v1/quarantine/*/reread', route => route.fulfill({ json: { records } }))
  await page.route('**/v1/quarantine?*', route => route.fulfill({ json: { data: [], next_cursor: null } }))
  await button.click()
  await page.getByText('Read: 1 record.').waitFor()
  await page.getByText('Nothing was set apart').waitFor()
})
