import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { toPersonKey } from '../console/parts/person-key.ts'
import { startHouse, type House } from '../test/browser/house.ts'
import { furnished, type Place } from '../test/browser/scene.ts'
import { chromiumHere } from '../test/chromium.ts'

/**
 * Lighthouse's figures of the console, medians of several runs, as a table in Markdown. Lighthouse is no dependency of
 * ours: install it elsewhere, build the console, and say where the package is.
 *
 *   npm install --prefix /tmp/lighthouse lighthouse@12
 *   node --import ./scripts/typescript.mjs scripts/lighthouse.ts /tmp/lighthouse/node_modules/lighthouse
 *
 * Behind it the names of pages, if not all are wanted; `--runs 1` and `--form phone` make it quicker, and
 * `--keep folder` leaves the whole reports there.
 */
const PAGES = [
  ...['overview', 'activity', 'people', 'person', 'failures', 'integrations', 'integration', 'integration-mapping'],
  ...['new-integration', 'settings-account', 'system', 'sign-in'],
]
const FORMS: Readonly<Record<string, readonly string[]>> = { phone: [], desktop: ['--preset=desktop'] }
const CATEGORIES = ['performance', 'accessibility', 'best-practices']
const METRICS = {
  FCP: 'first-contentful-paint',
  LCP: 'largest-contentful-paint',
  SI: 'speed-index',
  TBT: 'total-blocking-time',
  CLS: 'cumulative-layout-shift',
}
const MOST_TRIES = 3
const OWNER = { name: 'Jo Owner', email: 'jo@mail.test', password: 'four words in a row', role: 'owner' }

type Report = {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>
  readonly audits: Readonly<Record<string, { readonly numericValue?: number }>>
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, form: { type: 'string' }, keep: { type: 'string' } },
})
const [lighthouse, ...wanted] = positionals
if (lighthouse === undefined) throw new Error('say where the package of Lighthouse is')
const names = wanted.length === 0 ? PAGES : wanted
const forms = options.form === undefined ? Object.keys(FORMS) : [options.form]

await using house = await startHouse()
const places = await placesOf(house)
const cookie = await cookieOf(house)
const columns = ['page', 'form', ...CATEGORIES, ...Object.keys(METRICS)]
console.log(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`)
for (const place of places.filter(({ name }) => names.includes(name)))
  for (const form of forms) console.log(await rowOf(place, form))

async function placesOf(of: House): Promise<readonly Place[]> {
  const person = `/people/${toPersonKey('ada@mail.test')}`
  return [...(await furnished(of)), { name: 'person', path: person }, { name: 'sign-in', path: '/sign-in' }]
}

async function cookieOf({ url, api }: House): Promise<string> {
  await api('POST', '/v1/accounts', OWNER)
  const { email, password } = OWNER
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ email, password })
  const answer = await fetch(`${url}/v1/session`, { method: 'POST', headers, body })
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function rowOf(place: Place, form: string): Promise<string> {
  const reports: Report[] = []
  while (reports.length < Number(options.runs)) {
    const text = await reportOf(place, FORMS[form] ?? [])
    if (options.keep !== undefined)
      writeFileSync(join(options.keep, `${place.name}-${form}-${reports.length}.json`), text)
    reports.push(JSON.parse(text) as Report)
  }
  const scores = CATEGORIES.map(name => median(reports.map(({ categories }) => (categories[name]?.score ?? 0) * 100)))
  const metrics = Object.values(METRICS).map(id => median(reports.map(({ audits }) => audits[id]?.numericValue ?? 0)))
  const figures = [...scores.map(Math.round), ...metrics.map(value => Number(value.toPrecision(3)))]
  return `| ${[place.name, form, ...figures].join(' | ')} |`
}

async function reportOf({ name, path }: Place, preset: readonly string[]): Promise<string> {
  const visitor = name === 'sign-in' ? [] : [`--extra-headers=${JSON.stringify({ cookie })}`]
  const browser = ['--chrome-flags=--headless=new --no-sandbox --disable-gpu', `--only-categories=${CATEGORIES.join()}`]
  const args = [house.url + path, '--quiet', '--output=json', ...browser, ...visitor, ...preset]
  const env = { ...process.env, CHROME_PATH: chromiumHere() }
  const command = join(lighthouse ?? '', 'cli/index.js')
  for (let tried = 1; ; tried++)
    try {
      return (await promisify(execFile)(process.execPath, [command, ...args], { env, maxBuffer: 2 ** 26 })).stdout
    } catch (error) {
      // On a busy machine a trace now and then lacks its beginning.
      if (tried === MOST_TRIES) throw error
    }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
