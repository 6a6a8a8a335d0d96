import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PEOPLE, UPDATE_ONLY, UPSERT, type Person } from './people.ts'
import { mistakeIn, tableOf, type Contact, type Delivery, type Line } from './report.ts'
import { LATE, SAMPLE, type Step } from './sample.ts'
import { createCaller, startProgram, type Call, type Running } from './service.ts'

const CLI = fileURLToPath(new URL('../../cli/main.js', import.meta.url))
const KEY = '0123456789abcdef0123456789abcdef-us6'
const AUDIENCES = [
  { id: UPDATE_ONLY, name: 'update only', upsert: false },
  { id: UPSERT, name: 'upsert', upsert: true },
] as const
const MAPPINGS = [
  { id: 'NEWSLETTER', value: 'consents_purposes_newsletter_enabled' },
  { id: 'OFFERS', value: 'consents_purposes_cookies_preferences_offers_channel_email_enabled' },
  { id: 'TOPICS', value: 'consents_purposes_newsletter_values_topics_value' },
]
const LONGEST_WAIT_MS = 60_000

type Demo = { readonly api: Call; readonly mailchimp: Call; readonly webhook: Call; readonly webhookPath: string }
type Integrations = ReadonlyMap<string, string>

/** The main job from end to end: a service, a Mailchimp, the sample of webhooks, and a table of what came of it. */
export async function runDemo(argv: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-demo-'))
  const token = `demo-${randomBytes(24).toString('base64url')}`
  const audiences = AUDIENCES.flatMap(({ id }) => ['--audience', id])
  const simulator = await startProgram(CLI, ['simulator', '--key', KEY, '--latency', '20-60', ...audiences], {})
  const service = await startProgram(CLI, ['serve'], {
    CONSENT_RELAY_HOST: '127.0.0.1',
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_MAILCHIMP_URL: simulator.url,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: token,
    CONSENT_RELAY_LOG_LEVEL: 'error',
  })
  try {
    const owner = await makeOwner(service)
    const mistakes = await play(service.url, simulator.url, token)
    if (!argv.includes('--once')) await stayOpen({ service: service.url, simulator: simulator.url, token, owner })
    return mistakes.length === 0 ? 0 : 1
  } finally {
    await service.stop()
    await simulator.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

type Owner = { readonly email: string; readonly password: string }

/** As whoever runs a service does it: by the link that the first start prints. */
async function makeOwner({ url, setupToken }: Running): Promise<Owner> {
  const owner = { email: 'owner@demo.test', password: randomBytes(12).toString('base64url') }
  const stranger = createCaller(url)
  await stranger('POST', '/v1/setup', { token: await setupToken, name: 'The owner of the demo', ...owner })
  return owner
}

async function play(serviceUrl: string, simulatorUrl: string, token: string): Promise<string[]> {
  const api = createCaller(serviceUrl, `Bearer ${token}`)
  const mailchimp = createCaller(simulatorUrl, `Basic ${Buffer.from(`demo:${KEY}`).toString('base64')}`)
  await prepareMailchimp(mailchimp)
  const source = await api<{ id: string; authentication: { token: string } }>('POST', '/v1/sources', {
    name: 'demo',
    feed: 'event',
    authentication: { type: 'bearer' },
  })
  const integrations = await makeIntegrations(api, source.id)
  const webhook = createCaller(serviceUrl, `Bearer ${source.authentication.token}`)
  const demo: Demo = { api, mailchimp, webhook, webhookPath: `/webhooks/didomi/${source.id}` }
  const before = await contacts(mailchimp)
  await send(demo, SAMPLE)
  await quiet(api)
  await send(demo, LATE)
  await quiet(api)
  return report(demo, integrations, before)
}

async function prepareMailchimp(mailchimp: Call): Promise<void> {
  for (const { id } of AUDIENCES)
    for (const rule of MAPPINGS)
      await mailchimp('POST', `/3.0/lists/${id}/merge-fields`, { tag: rule.id, name: rule.id, type: 'text' })
  for (const { id, contact } of PEOPLE) {
    if (contact === undefined) continue
    await mailchimp('POST', `/3.0/lists/${UPDATE_ONLY}/members`, { email_address: id, status: contact })
  }
}

async function makeIntegrations(api: Call, sourceId: string): Promise<Integrations> {
  const made = new Map<string, string>()
  for (const { id, name, upsert } of AUDIENCES) {
    const { id: integrationId } = await api<{ id: string }>('POST', '/v1/integrations', {
      source_id: sourceId,
      name,
      type_id: 'mailchimp',
      authentication: { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' },
      properties: { audience_id: id },
      mappings: MAPPINGS,
      upsert_mode: upsert,
    })
    made.set(id, integrationId)
  }
  return made
}

async function send({ webhook, webhookPath }: Demo, steps: readonly Step[]): Promise<void> {
  for (const { says, body } of steps) {
    await webhook('POST', webhookPath, body)
    console.log(`  Didomi: ${says}`)
  }
}

type Stats = {
  readonly inbox: Readonly<Record<string, number>>
  readonly deliveries: { readonly waiting: number; readonly sending: number }
}

async function quiet(api: Call): Promise<void> {
  const until = Date.now() + LONGEST_WAIT_MS
  while (Date.now() < until) {
    const { deliveries } = await api<Stats>('GET', '/v1/stats')
    if (deliveries.waiting + deliveries.sending === 0) return
    await pause(50)
  }
  throw new Error('deliveries still wait after a minute')
}

const pathOf = (audience: string, person: string): string =>
  `/_simulator/contacts/${audience}/${encodeURIComponent(person)}`

async function contacts(mailchimp: Call): Promise<Map<string, Contact>> {
  const found = new Map<string, Contact>()
  for (const { id: audience } of AUDIENCES) {
    for (const { id } of PEOPLE) {
      const contact = await mailchimp<Contact>('GET', pathOf(audience, id)).catch(() => undefined)
      if (contact) found.set(pathOf(audience, id), contact)
    }
  }
  return found
}

async function report(demo: Demo, integrations: Integrations, before: ReadonlyMap<string, Contact>): Promise<string[]> {
  const after = await contacts(demo.mailchimp)
  const { data } = await demo.api<{ data: Delivery[] }>('GET', '/v1/deliveries?limit=200')
  const lines: Line[] = []
  for (const person of PEOPLE) {
    const chosen = await chosenBy(demo.api, person)
    for (const { id, name, upsert } of AUDIENCES) {
      const own = data.find(
        ({ person: who, integration_id }) => who === person.id && integration_id === integrations.get(id),
      )
      const path = pathOf(id, person.id)
      const expected = upsert ? person.ends?.upsert : person.ends?.updateOnly
      lines.push({
        person,
        audience: name,
        chosen,
        before: before.get(path),
        after: after.get(path),
        delivery: own,
        expected,
      })
    }
  }
  console.log(`\n${tableOf(lines)}\n`)
  const { inbox } = await demo.api<Stats>('GET', '/v1/stats')
  console.log(
    `Accounting: ${Object.entries(inbox)
      .map(([name, n]) => `${name} ${n}`)
      .join(' · ')}`,
  )
  const mistakes = lines.flatMap(line => mistakeIn(line) ?? [])
  console.log(mistakes.length === 0 ? 'Every debt ended as expected.' : `NOT as expected:\n  ${mistakes.join('\n  ')}`)
  return mistakes
}

type Known = { readonly sources: readonly { readonly choices: readonly { place: string; answer: unknown }[] }[] }

async function chosenBy(api: Call, { id }: Person): Promise<string> {
  const { sources } = await api<Known>('GET', `/v1/people/${encodeURIComponent(id)}`)
  const choices = sources.flatMap(source => source.choices)
  return choices.map(({ place, answer }) => `${place} ${wordFor(answer)}`).join('; ') || 'nothing that counts'
}

const wordFor = (answer: unknown): string =>
  Array.isArray(answer) ? answer.join(',') : answer === true ? 'granted' : 'denied'

type Shown = { readonly service: string; readonly simulator: string; readonly token: string; readonly owner: Owner }

async function stayOpen({ service, simulator, token, owner }: Shown): Promise<void> {
  console.log(`\nThe service goes on:  ${service}/   (sign in as ${owner.email}, password ${owner.password})`)
  console.log(`Its API:              ${service}/docs   (API token: ${token})`)
  console.log(`The simulator, too:   ${simulator}/_simulator/requests`)
  console.log('Ctrl-C ends both.')
  await new Promise<void>(resolve => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
