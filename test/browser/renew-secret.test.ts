import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { event, startHouse, tell } from './house.ts'
import { setUp, signIn, startBrowser, visit } from './visit.ts'

let browser: Browser
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())

const VIEWER = { email: 'viewer@mail.test', name: 'A viewer', role: 'viewer', password: 'only looks at things' }
const GRANT = event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })

const copied = async (page: Page, label: string): Promise<string> =>
  (await page.getByRole('group', { name: label }).getByRole('code').textContent()) ?? ''

/** Renews the secret of the only source, and gives what is to be pasted. */
async function renews(page: Page, grace: string): Promise<{ webhook: string; authorization: string }> {
  await page.getByRole('button', { name: 'Renew secret of The shop' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'How long the previous secret works' }).click()
  await page.getByRole('option', { name: grace }).click()
  await dialog.getByRole('button', { name: 'Renew the secret' }).click()
  await dialog.getByText('Paste this into Didomi now').waitFor()
  // A stray key does not close what is shown once.
  await page.keyboard.press('Escape')
  const webhook = await copied(page, 'Endpoint URL')
  const header = JSON.parse(await copied(page, 'Request Headers (JSON)')) as { Authorization: string }
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await dialog.waitFor({ state: 'hidden' })
  return { webhook, authorization: header.Authorization }
}

test('a secret is renewed without a refused webhook, and the previous one ended once Didomi has the new one', async () => {
  await using house = await startHouse()
  const { receives } = await house.integrates()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.goto('/settings/sources')
  const main = page.getByRole('main')
  const { webhook, authorization } = await renews(page, '24 hours')
  await main.getByText('The previous secret still works').waitFor()
  await main.getByText('Paste the new one into Didomi before this one ends').waitFor()
  await receives(GRANT)
  await tell(webhook, authorization, [GRANT])
  await page.reload()
  await main.getByText(/Didomi still uses this one|Didomi uses the new one/).waitFor()
  await main.getByRole('button', { name: /^End it now/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
  await main.getByText('The previous secret still works').waitFor({ state: 'hidden' })
  await expect(receives(GRANT)).rejects.toThrow('401')
  await tell(webhook, authorization, [GRANT])
})

test('a leaked secret is refused at once', async () => {
  await using house = await startHouse()
  const { receives } = await house.integrates()
  await using window = await visit(browser, house)
  const { page } = window
  await setUp(page, house)
  await page.goto('/settings/sources')
  await receives(GRANT)
  const { webhook, authorization } = await renews(page, 'No longer: it has leaked')
  await expect(receives(GRANT)).rejects.toThrow('401')
  await tell(webhook, authorization, [GRANT])
  expect(await page.getByText('The previous secret still works').count()).toBe(0)
  await page.goto('/settings/audit')
  await page.getByRole('main').getByText('source.secret_renewed').waitFor()
})

test('a viewer sees until when the previous secret works, and can neither renew nor end one', async () => {
  await using house = await startHouse()
  const { sourceId } = await house.integrates()
  expect((await house.api('POST', `/v1/sources/${sourceId}/renew-secret`, {})).status).toBe(200)
  expect((await house.api('POST', '/v1/accounts', VIEWER)).status).toBe(201)
  await using window = await visit(browser, house)
  const { page } = window
  await page.goto('/settings/sources')
  await signIn(page, VIEWER)
  const main = page.getByRole('main')
  await main.getByText('The previous secret still works').waitFor()
  expect(await main.getByRole('button', { name: /Renew|End it/ }).count()).toBe(0)
})
