import { type RouteOptions } from 'fastify'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, type App } from '../src/app.ts'
import { readConfig, type Environment } from '../src/config.ts'
import { MINUTE } from '../src/domain/instant.ts'
import { type EdgeLimits } from '../src/http/edge/limits.ts'
import { type Telemetry } from '../src/telemetry.ts'
import { type Database } from '../src/store/engine/database.ts'
import { isPassing } from '../src/store/engine/errors.ts'
import { type DebtCounts } from '../src/store/debts/delivery-list.ts'
import { type Accounting } from '../src/store/ledger/tallies.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts'
import { undescribed } from './described.ts'
import { type StoreFault } from './mortal-store.ts'
import { lendThread } from './lent-threads.ts'
import { PATIENT, type Patience } from './patient.ts'
import { atRest, startProcesses } from './processes.ts'
import { createWorldClock } from './world-clock.ts'

export const KEY = '0123456789abcdef0123456789abcdef-us6'
export const AUDIENCE = 'a1b2c3d4e5'
export const TOKEN = 'an owner token for tests, of 32 characters or more'.replaceAll(' ', '-')

type Answer<T> = { readonly status: number; readonly body: T; readonly headers: Headers }
export type Stats = {
  readonly inbox: Accounting
  readonly deliveries: DebtCounts['byStatus']
  readonly ends: DebtCounts['byEnd']
}

/**
 * The whole app on a fresh store, against a fresh simulator, with one clock that only the test moves: `settles` and
 * `passes` move it, and so does a call of the API that asks Mailchimp something. Latency, late applications, slots
 * that stay taken, the stages of a batch and the client's 30 s for an answer are all in this time.
 *
 * A request that the client gives up on, and that Mailchimp applies later, 31 s after it came in:
 *
 *   world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: { stall: true, apply_late_ms: 31_000 } })
 *   await world.receives(…)
 *   await world.passes(30_000) // the client has given up; nothing is applied
 *   await world.passes(1_000) // it is applied now
 *
 * Without `stall` the connection is cut at once, and with `status` that is the answer; the application is as late.
 */
export type World = AsyncDisposable & {
  readonly app: App
  readonly mailchimp: Simulator['control']
  readonly simulator: Simulator
  readonly source: { readonly id: string; readonly token: string }
  now(): number
  /** Calls the API as the owner; throws when its description does not say that it may answer so. */
  api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>>
  /** Makes an integration of the source; NEWS ← newsletter when nothing else is said. Returns its id. */
  integrates(changes?: Readonly<Record<string, unknown>>): Promise<string>
  /** Didomi calls the webhook with these records, each on its own. */
  receives(...records: readonly unknown[]): Promise<void>
  /** What `receives` was given so far: the very bodies, and when. */
  received(): readonly { readonly at: number; readonly source: string; readonly body: string }[]
  /** Delivers until nothing waits, moving the clock to whatever is due next. */
  settles(): Promise<void>
  /** Time passes, and whatever becomes due meanwhile is done. */
  passes(ms: number): Promise<void>
  /** Time passes for as long as the service makes `work` wait for it. */
  waits<T>(work: Promise<T>): Promise<T>
  stats(): Promise<Stats>
  /** The service stops and starts again on the same store. */
  restarts(): Promise<void>
  /** Something goes wrong at the store; undefined: nothing that was to come still comes. */
  failsAt(fault: StoreFault | undefined): void
  /**
   * What `webhook` sends is answered, or gets no answer because the process ends meanwhile, and a new one starts on
   * the same store. Tells whether it was put on disk by then.
   */
  sends(webhook: (url: string, signal: AbortSignal) => Promise<Response>): Promise<Sending>
  /** When the process ended without a word. */
  ends(): readonly number[]
  /** The process stands still for a while, and then goes on. */
  freezes(ms: number): Promise<void>
  /** The wall clock of the service is set forward, or back, by so much. Its monotonic one and Mailchimp go on. */
  setsClock(ms: number): void
  /** The clock of PostgreSQL is ahead of the right time by so much from now on, or behind. */
  setsDatabaseClock(ms: number): void
  /** What Mailchimp was asked to write. */
  writes(): { method: string; path: string; body: unknown; status: number | null }[]
}

type Sending = { readonly status: number | undefined; readonly isKept: boolean }

export type WorldOptions = {
  readonly databaseUrl?: string
  readonly feed?: 'user' | 'event'
  readonly telemetry?: Telemetry
  readonly around?: (db: Database) => Database
  readonly now?: number
  /** By how much the wall clock of the service is ahead from the start; Mailchimp's is right. */
  readonly clockAhead?: number
  /** How long a request of unknown outcome may still be applied (R22); 130 s unless told. */
  readonly windowSeconds?: number
  /** How fast batches run at Mailchimp; at once unless told. */
  readonly batchTiming?: SimulatorOptions['batchTiming']
  /** Where the console was built; nowhere unless told. */
  readonly consoleFolder?: string
  /** More settings of the service. */
  readonly settings?: Environment
  /** Puts something into the folder of the service before it starts. */
  readonly prepare?: (folder: string) => Promise<void>
  /** What Mailchimp holds before that. */
  readonly atMailchimp?: (control: Simulator['control']) => void
  readonly acceptUpgrade?: boolean
  /** With more due debts than this there are batches. */
  readonly batchAbove?: number
  /** How long is waited for the store; as long as a busy machine takes unless told. */
  readonly limits?: Patience
  /** What connections may take. */
  readonly edge?: Partial<EdgeLimits>
  /** Is told of every route of the service. */
  readonly onRoute?: (route: RouteOptions) => void
}

const JSON_TYPE = { 'content-type': 'application/json' }

export async function startWorld({
  databaseUrl,
  feed,
  telemetry,
  around = db => db,
  now: start = Date.UTC(2026, 10, 23, 9),
  clockAhead: skew = 0,
  windowSeconds,
  batchTiming,
  consoleFolder,
  settings = {},
  prepare = () => Promise.resolve(),
  atMailchimp = () => undefined,
  acceptUpgrade = false,
  batchAbove,
  limits = PATIENT,
  edge,
  onRoute,
}: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'consent-relay-world-'))
  const clock = createWorldClock(start)
  const simulator = await createSimulator({
    latencyMs: 0,
    clock: clock.simulators,
    ...(batchTiming ? { batchTiming } : {}),
  })
  simulator.control.addMergeField(AUDIENCE, { tag: 'NEWS', type: 'text' })
  const config = readConfig({
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
    CONSENT_RELAY_MAILCHIMP_URL: simulator.url,
    CONSENT_RELAY_DATABASE_URL: databaseUrl,
    CONSENT_RELAY_WINDOW_SECONDS: windowSeconds === undefined ? undefined : String(windowSeconds),
    ...settings,
    CONSENT_RELAY_ACCEPT_UPGRADE: acceptUpgrade ? 'yes' : undefined,
    CONSENT_RELAY_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  })
  const given = {
    now: () => clock.now() + skew,
    monotonic: clock.now,
    after: clock.after,
    dice: () => 0.5,
    ticking: false,
    newThread: lendThread,
    ...(batchAbove === undefined ? {} : { batchAbove }),
    passwordCost: { logN: 4, r: 8, p: 1 },
    ...(consoleFolder === undefined ? {} : { consoleFolder }),
    ...(telemetry ? { telemetry } : {}),
    ...(edge ? { edge } : {}),
    ...(onRoute ? { onRoute } : {}),
  }
  atMailchimp(simulator.control)
  await prepare(folder)
  const processes = await startProcesses({
    limits,
    now: clock.now,
    begin: ({ around: mortal, limits: own }) =>
      startApp(config, { ...given, limits: own, around: db => mortal(clock.watch(around(db))) }),
  })

  /** Time passes for as long as `work` waits for an answer of Mailchimp to a request after the first `since`. */
  async function meanwhile<T>(work: Promise<T>, since = 0): Promise<T> {
    while (!(await clock.ends(work, since))) clock.set(clock.nextAt() ?? clock.now())
    return work
  }

  async function api<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const { status, headers, text } = await processes.outliving(async ({ signal }) => {
      const answer = await meanwhile(
        fetch(processes.app().url + path, {
          method,
          signal,
          headers: { authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : JSON_TYPE) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
        clock.asked(),
      )
      return { status: answer.status, headers: answer.headers, text: await answer.text() }
    })
    const parsed: unknown = text === '' ? undefined : JSON.parse(text)
    const missing = undescribed({ method, path, status, body: parsed })
    if (missing !== undefined) throw new Error(missing)
    return { status, headers, body: parsed as T }
  }

  const made = await api<{ id: string; authentication: { token: string } }>('POST', '/v1/sources', {
    name: 'the test source',
    authentication: { type: 'bearer' },
    ...(feed === undefined ? {} : { feed }),
  })
  const source = { id: made.body.id, token: made.body.authentication.token }
  const received: { at: number; source: string; body: string }[] = []
  const stats = async (): Promise<Stats> => (await api<Stats>('GET', '/v1/stats')).body

  /** Everything that needs no time is done; false when requests are under way that do. */
  const quiet = (): Promise<boolean> =>
    processes.outliving(({ ended }) => clock.ends(Promise.race([atRest(processes.app()), ended])))

  /** What comes next, for the app or at Mailchimp. With requests under way, what is due may be behind them. */
  function nextAt(idle: boolean): number | undefined {
    const app = processes.app()
    const now = clock.now()
    const own = app.worker.nextAt()
    const times = [own === undefined ? undefined : own - app.clock() + now, clock.nextAt()]
      .filter(at => at !== undefined)
      .filter(at => idle || at > now)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  const tick = (): Promise<void> =>
    processes.outliving(async () => {
      const app = processes.app()
      await app.durability.recheck()
      // The next second tries it again.
      await app.checkClock().catch((error: unknown) => {
        if (!isPassing(error)) throw error
      })
      app.worker.tick()
    })

  async function settles(): Promise<void> {
    for (let step = 0; step < 2_000; step++) {
      const idle = await quiet()
      if (idle) {
        const { deliveries } = await stats()
        if (deliveries.waiting + deliveries.sending === 0) return
      }
      clock.set(Math.max(clock.now(), nextAt(idle) ?? clock.now()))
      await tick()
    }
    throw new Error('deliveries still wait after 2,000 steps')
  }

  async function passes(ms: number): Promise<void> {
    const from = clock.now()
    while (clock.now() < from + ms) {
      const idle = await quiet()
      // What follows shows soon after; then, while nothing is due, as much time passes at once as passed before.
      const next = nextAt(idle) ?? clock.now() + Math.max(10 * MINUTE, clock.now() - from)
      clock.set(Math.min(from + ms, Math.max(clock.now() + 1, next)))
      await tick()
    }
    await quiet()
  }

  return {
    get app() {
      return processes.app()
    },
    simulator,
    mailchimp: simulator.control,
    source,
    now: clock.now,
    api,
    stats,
    settles,
    passes,
    waits: work => meanwhile(work, clock.asked()),
    async integrates(changes = {}) {
      const answer = await api<{ id: string }>('POST', '/v1/integrations', documentFor(source.id, changes))
      if (answer.status !== 201) throw new Error(`the integration was refused: ${JSON.stringify(answer.body)}`)
      return answer.body.id
    },
    async receives(...records) {
      for (const record of records) {
        const body = typeof record === 'string' ? record : JSON.stringify(record)
        received.push({ at: clock.now(), source: source.id, body })
        const answer = await fetch(`${processes.app().url}/webhooks/didomi/${source.id}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/json' },
          body,
        })
        if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`)
      }
    },
    received: () => received,
    restarts: () => processes.restarts(meanwhile(Promise.race([processes.app().stop(), processes.life().ended]))),
    failsAt: processes.failsAt,
    async sends(webhook) {
      const { signal } = processes.life()
      const { url } = processes.app()
      const before = processes.intakes()
      const answer = await webhook(url, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      const isKept = processes.intakes() > before
      if (signal.aborted) await processes.revives()
      return { status: answer?.status, isKept }
    },
    ends: processes.ends,
    async freezes(ms) {
      clock.set(clock.now() + ms)
      await tick()
    },
    setsClock: ms => void (skew += ms),
    setsDatabaseClock: clock.setDatabase,
    writes: () =>
      simulator.control
        .requests()
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path, body, status }) => ({ method, path, body, status })),
    async [Symbol.asyncDispose]() {
      await meanwhile(processes.app().stop())
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
