import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { OWNER } from '../visitor.ts'
import { type House } from './house.ts'

/** Chromium asks its maker for updates and names, which here only costs time. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

/** For whatever is waited for. It only names what never comes, on a machine that is busy with something else either. */
const PATIENCE_MS = 2 * 60_000

/** A real browser. It runs as root in the tests, where it has no sandbox of its own. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: inject('chromium'),
    args: ['--no-sandbox', '--disable-gpu', ...QUIET],
    timeout: PATIENCE_MS,
  })

/** What a page did that it must not do: it is looked at when the visit ends. */
type Faults = { readonly found: string[] }

type Visit = AsyncDisposable & { readonly page: Page }

/**
 * A browser window of its own at the service. When it is closed, nothing may have gone wrong in it: no error in its
 * console (the content security policy tells its refusals there), and no request to any other host.
 */
export async function visit(browser: Browser, { url }: House, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const faults: Faults = { found: [] }
  page.on('pageerror', error => faults.found.push(error.message))
  page.on('console', message => {
    // The browser itself tells every refusal of the API, which the pages show in their own words.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.found.push(message.text())
  })
  page.on('request', request => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.found.push(request.url())
  })
  return {
    page,
    async [Symbol.asyncDispose]() {
      await context.close()
      expect(faults.found).toEqual([])
    },
  }
}

/** Makes the first account by the set-up link, and is signed in. */
export async function setUp(page: Page, { setupLink }: House): Promise<void> {
  await page.goto(setupLink)
  await page.getByLabel('Your name').fill(OWNER.name)
  await page.getByLabel('Email').fill(OWNER.email)
  await page.getByLabel('Password', { exact: false }).first().fill(OWNER.password)
  await page.getByRole('button', { name: 'Make the account and sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

export async function signIn(page: Page, { email, password }: { readonly email: string; readonly password: string }) {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: false }).first().fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** By the navigation: pages have links of the same names, and here a count may stand beside one. */
export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name }).click()
