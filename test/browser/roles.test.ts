import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OWNER } from '../visitor.ts'
import { AUDIENCE, event, startHouse } from './house.ts'
import { setUp, signIn, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

const VIEWER = { email: 'viewer@mail.test', name: 'A viewer', role: 'viewer', password: 'only looks at things' }

test('a viewer sees everything and can change nothing, by the pages or by the API', async () => {
  await using house = await startHouse()
  house.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  const { id, receives } = await house.integrates()
  await receives(event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }))
  expect((await house.api('POST', '/v1/accounts', VIEWER)).status).toBe(201)
  await using window = await visit(browser, house)
  const { page } = window
  await page.goto(`/integrations/${id}`)
  await signIn(page, VIEWER)
  // Back to where the link led.
  await page.waitForURL(`**/integrations/${id}`)
  const main = page.getByRole('main')
  await main.getByText('Newsletter').first().waitFor()
  for (const name of ['Pause', 'Resync', 'Save']) expect(await main.getByRole('button', { name }).count()).toBe(0)
  await page.goto('/failures')
  await main.getByText('Nothing fails').waitFor()
  expect(await main.getByRole('button', { name: /Replay/ }).count()).toBe(0)

  const statusOf = (method: string, path: string, body: object) =>
    page.evaluate(
      async ([verb, place, content]) => {
        const session = (await (await fetch('/v1/session')).json()) as { csrf_token: string }
        const headers = { 'content-type': 'application/json', 'x-csrf-token': session.csrf_token }
        return (await fetch(place, { method: verb, headers, body: content })).status
      },
      [method, path, JSON.stringify(body)] as const,
    )
  expect(await statusOf('POST', `/v1/integrations/${id}/pause`, {})).toBe(403)
  expect(await statusOf('POST', '/v1/replays', { all: true })).toBe(403)
  expect(await statusOf('POST', '/v1/accounts', { ...VIEWER, role: 'owner', email: 'x@mail.test' })).toBe(403)
})

test('what outlives the session asks for the password once more, and then goes on', async () => {
  await using house = await startHouse()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.goto('/settings/tokens')
  const stale = {
    code: 'proof_required',
    title: 'This needs a fresh proof',
    detail: 'too long ago',
    advice: 'Prove it.',
  }
  await page.route(
    '**/v1/tokens',
    route => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(stale) }),
    { times: 1 },
  )
  await page.getByRole('main').getByRole('button', { name: /token/i }).first().click()
  const making = page.getByRole('dialog', { name: 'New API token' })
  await making.getByLabel('Name').fill('a script')
  await making.getByRole('button', { name: 'Make the token' }).click()
  const proof = page.getByRole('dialog', { name: 'Is it you?' })
  await proof.getByLabel(/^Password/).fill('not my password at all')
  await proof.getByRole('button', { name: 'Go on' }).click()
  await proof.getByText(/is not the password of this account/).waitFor()
  await proof.getByLabel(/^Password/).fill(OWNER.password)
  await proof.getByRole('button', { name: 'Go on' }).click()
  await making.getByText('Copy it now').waitFor()
  expect(await proof.count()).toBe(0)
})

test('an owner says for how long what is kept, and is told what that deletes', async () => {
  await using house = await startHouse()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.goto('/settings/retention')
  const attempts = page.getByLabel('Requests to Mailchimp')
  expect(await attempts.inputValue()).toBe('90 days')
  await attempts.fill('7')
  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('cannot be brought back: Requests to Mailchimp.').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('This is kept from now on.').waitFor()
  await page.reload()
  await page.getByLabel('Audit log').fill('')
  expect(await attempts.inputValue()).toBe('7 days')
  await page.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Nothing is deleted by this.').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('This is kept from now on.').waitFor()
  const kept = await house.api('GET', '/v1/retention')
  expect(kept.body).toEqual({ bodies: 30, quarantine: 90, anonymous: 90, attempts: 7, audit: null })
})

test('signing out ends the session, and a page asked for afterwards leads to sign-in and back', async () => {
  await using house = await startHouse()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goto('/settings/audit')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signIn(page, { ...OWNER, password: 'not the password of it' })
  await page.getByText('Check the e-mail address and the password').waitFor()
  await signIn(page, OWNER)
  await page.waitForURL('**/settings/audit')
  await page.getByRole('main').getByText('session.started').first().waitFor()
})

test('a reload in the middle of the set-up keeps what was put in, but not the key', async () => {
  await using house = await startHouse()
  const { sourceId } = await house.integrates()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.goto('/integrations/new')
  await page.getByRole('combobox', { name: 'Source' }).click()
  await page.getByRole('option', { name: 'The shop' }).click()
  await page.getByLabel('API key').fill('0123456789abcdef0123456789abcdef-us6')
  await page.getByText('Connected as').waitFor()
  await page.getByRole('combobox', { name: 'Audience id' }).fill(AUDIENCE)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Name').fill('The second one')
  await page.reload()
  expect(await page.getByLabel('Name').inputValue()).toBe('The second one')
  await page.getByRole('button', { name: 'Back' }).click()
  expect(await page.getByRole('combobox', { name: 'Audience id' }).inputValue()).toBe(AUDIENCE)
  expect(await page.getByLabel('API key').inputValue()).toBe('')
  const kept = String(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })'))
  expect(kept).toContain(sourceId)
  expect(kept).not.toContain('0123456789abcdef')
})
