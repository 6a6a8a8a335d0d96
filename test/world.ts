import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, type App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { MINUTE } from '../src/domain/instant.ts'
import { type Events } from '../src/events.ts'
import { type Database } from '../src/store/database.ts'
import { type StatusCounts } from '../src/store/deliveries.ts'
import { type Accounting } from '../src/store/tallies.ts'
import { createSimulator, type Simulator } from '../simulator/simulator.ts'

export const KEY = '0123456789abcdef0123456789abcdef-us6'
export const AUDIENCE = 'a1b2c3d4e5'
const TOKEN = 'an owner token for tests, of 32 characters or more'.replaceAll(' ', '-')

export type Answer<T> = { readonly status: number; readonly body: T; readonly headers: Headers }
export type Stats = { readonly inbox: Accounting; readonly deliveries: StatusCounts }

/** The whole app on a fresh store, against a fresh simulator, with a clock that only the test moves. */
export type World = AsyncDisposable & {
  readonly app: App
  readonly mailchimp: Simulator['control']
  readonly simulator: Simulator
  readonly source: { readonly id: string; readonly token: string }
  now(): number
  /** Calls the API as the owner. */
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>>
  /** Makes an integration of the source; NEWS ← newsletter when nothing else is said. Returns its id. */
  integrates(changes?: Readonly<Record<string, unknown>>): Promise<string>
  /** Didomi calls the webhook with these records, each on its own. */
  receives(...records: readonly unknown[]): Promise<void>
  /** Delivers until nothing waits, moving the clock to whatever is due next. */
  settles(): Promise<void>
  /** Time passes, and whatever becomes due meanwhile is done. */
  passes(ms: number): Promise<void>
  stats(): Promise<Stats>
  /** What Mailchimp was asked to write. */
  writes(): { method: string; path: string; body: unknown; status: number | null }[]
}

export type WorldOptions = {
  readonly databaseUrl?: string
  readonly feed?: 'user' | 'event'
  readonly events?: Events
  readonly around?: (db: Database) => Database
  readonly now?: number
}

const START = Date.UTC(2026, 10, 23, 9)

export async function startWorld({
  databaseUrl,
  feed,
  events,
  around,
  now: start = START,
}: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-world-'))
  const simulator = await createSimulator({ latencyMs: 0 })
  simulator.control.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'text' })
  let now = start
  const config = readConfig({
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
    CONSENT_RELAY_MAILCHIMP_URL: simulator.url,
    CONSENT_RELAY_DATABASE_URL: databaseUrl,
    CONSENT_RELAY_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  })
  const given = {
    now: () => now,
    dice: () => 0.5,
    ticking: false,
    ...(events ? { events } : {}),
    ...(around ? { around } : {}),
  }
  const app = await startApp(config, given)

  async function api<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const answer = await fetch(app.url + path, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }

  const made = await api<{ id: string; authentication: { token: string } }>('POST', '/v1/sources', {
    name: 'the test source',
    authentication: { type: 'bearer' },
    ...(feed === undefined ? {} : { feed }),
  })
  const source = { id: made.body.id, token: made.body.authentication.token }
  const stats = async (): Promise<Stats> => (await api<Stats>('GET', '/v1/stats')).body

  async function quiet(): Promise<void> {
    await app.ingest.idle()
    await app.worker.idle()
  }

  async function settles(): Promise<void> {
    for (let step = 0; step < 2_000; step++) {
      await quiet()
      const { deliveries } = await stats()
      if (deliveries.waiting + deliveries.sending === 0) return
      now = Math.max(now, app.worker.nextAt() ?? now)
      app.worker.tick()
    }
    throw new Error('deliveries still wait after 2,000 steps')
  }

  async function passes(ms: number): Promise<void> {
    const until = now + ms
    while (now < until) {
      await quiet()
      now = Math.min(until, Math.max(now + 1, app.worker.nextAt() ?? now + 10 * MINUTE))
      app.worker.tick()
    }
    await quiet()
  }

  return {
    app,
    simulator,
    mailchimp: simulator.control,
    source,
    now: () => now,
    api,
    stats,
    settles,
    passes,
    async integrates(changes = {}) {
      const answer = await api<{ id: string }>('POST', '/v1/integrations', documentFor(source.id, changes))
      if (answer.status !== 201) throw new Error(`the integration was refused: ${JSON.stringify(answer.body)}`)
      return answer.body.id
    },
    async receives(...records) {
      for (const record of records) {
        const answer = await fetch(`${app.url}/webhooks/didomi/${source.id}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/json' },
          body: typeof record === 'string' ? record : JSON.stringify(record),
        })
        if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`)
      }
    },
    writes: () =>
      simulator.control
        .requests()
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path, body, status }) => ({ method, path, body, status })),
    async [Symbol.asyncDispose]() {
      await app.stop()
      await simulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** An integration document that works with the simulator as it starts. */
export const documentFor = (sourceId: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  source_id: sourceId,
  type_id: 'mailchimp',
  authentication: { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' },
  properties: { audience_id: AUDIENCE },
  mappings: [{ id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }],
  ...changes,
})

type Said = {
  readonly who?: string | undefined
  readonly user?: string
  readonly at: string
  readonly id?: string
  readonly purposes?: Readonly<Record<string, boolean | null>>
}

let eventNumber = 0

const consentsOf = (purposes: Readonly<Record<string, boolean | null>>) => ({
  purposes: Object.entries(purposes).map(([id, enabled]) => ({ id, enabled })),
})

/** An `event.created` webhook as Didomi sends it. */
export const event = ({ who, user = `user of ${who}`, at, id = `e${++eventNumber}`, purposes = {} }: Said) => ({
  type: 'event.created',
  parameters: {
    entity: {
      id,
      created_at: at,
      status: 'confirmed',
      regulation: 'gdpr',
      user: { id: user, ...(who === undefined ? {} : { organization_user_id: who }) },
      consents: consentsOf(purposes),
    },
  },
})
