import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { startHouse } from '../test/browser/house.ts'
import { furnished } from '../test/browser/scene.ts'
import { chromiumHere } from '../test/chromium.ts'

/** Takes the pictures in docs/console: every page, on a desk and in a hand, light and dark. */
const FOLDER = join(import.meta.dirname, '../docs/console')
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const
const OWNER = { name: 'Jo Owner', email: 'jo@mail.test', password: 'four words in a row' }

mkdirSync(FOLDER, { recursive: true })
await using house = await startHouse()
const places = await furnished(house)
const browser = await chromium.launch({ executablePath: chromiumHere(), args: ['--no-sandbox', '--disable-gpu'] })
await house.api('POST', '/v1/accounts', { ...OWNER, role: 'owner' })
for (const [size, viewport] of Object.entries(SIZES))
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ baseURL: house.url, viewport, colorScheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    const shoot = (name: string): Promise<Buffer> => picture(page, `${name}-${size}-${colorScheme}`)
    await page.goto('/sign-in')
    await shoot('sign-in')
    await page.getByLabel('Email').fill(OWNER.email)
    await page.getByLabel('Password').first().fill(OWNER.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    for (const { name, path } of places) {
      await page.goto(path)
      await shoot(name)
    }
    await page.goto('/people')
    await page.getByRole('main').getByRole('link').first().click()
    await page.getByText('Timeline').waitFor()
    await shoot('person')
    await context.close()
  }
await browser.close()

async function picture(page: Page, name: string): Promise<Buffer> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForLoadState('networkidle')
  return page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' })
}
