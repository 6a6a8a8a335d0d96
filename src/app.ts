import { type RouteOptions } from 'fastify'
import { fileURLToPath } from 'node:url'
import { type Config } from './config.ts'
import { BACKLOG } from './domain/batch.ts'
import { LIMITS } from './domain/limits.ts'
import { createTelemetry, toAll, type LeaseState, type Telemetry } from './telemetry.ts'
import { EDGE_LIMITS, type EdgeLimits } from './http/edge/limits.ts'
import { createServer } from './http/server.ts'
import { createLog } from './log.ts'
import { openStore, type OpeningLimits } from './opening.ts'
import { mailchimpOrigin, realAfter, type After } from './mailchimp/client.ts'
import { createDownload } from './mailchimp/download.ts'
import { createMetrics } from './metrics/metrics.ts'
import { createBacklogReader } from './pipeline/watch/backlog.ts'
import { createDurability, type Durability } from './pipeline/intake/durability.ts'
import { createIngest, type Ingest } from './pipeline/intake/ingest.ts'
import { type Lateness } from './pipeline/watch/lateness.ts'
import { createPasswords, type Cost } from './pipeline/access/passwords.ts'
import { createProver } from './pipeline/access/prover.ts'
import { createWaitingRoom } from './pipeline/access/waiting-room.ts'
import { createQuestions } from './pipeline/live/questions.ts'
import { type Owing } from './pipeline/upkeep/owing.ts'
import { type Erasures } from './pipeline/upkeep/erasures.ts'
import { type Replays } from './pipeline/upkeep/replays.ts'
import { createClockComparison } from './pipeline/watch/clock-comparison.ts'
import { createSteadyClock } from './pipeline/watch/steady-clock.ts'
import { heedRestart, heedStep } from './pipeline/upkeep/clock-steps.ts'
import { type Expiry } from './pipeline/upkeep/retention.ts'
import { acceptUpgrade } from './pipeline/upkeep/accept-upgrade.ts'
import { type Retractions } from './pipeline/upkeep/retractions.ts'
import { type Upgrading } from './pipeline/upkeep/upgrade.ts'
import { renewSetup } from './pipeline/access/setup.ts'
import { keepBootstrapToken } from './pipeline/access/tokens.ts'
import { createWebhookGate } from './pipeline/intake/gate.ts'
import { Worker } from './pipeline/lanes/worker.ts'
import { type Database } from './store/engine/database.ts'
import { createIds } from './store/engine/ids.ts'
import { migrate } from './store/engine/migrate.ts'
import { migrations } from './store/migrations/all.ts'
import { type Lease } from './store/ownership/lease.ts'
import { type SqliteStore } from './store/engine/sqlite.ts'
import { doubting } from './store/engine/doubting.ts'
import { isPassing } from './store/engine/errors.ts'
import { assertOwnSeal, canaryIn, createSeal, loadKey } from './store/settings/sealed.ts'
import { keyedHashOf } from './store/settings/erasure-key.ts'
import { createStopping, STOP_LIMITS, type CutShort, type StopLimits, type Stopping } from './stopping.ts'
import { createSweeps, startTimers, stopSweeps } from './timers.ts'
import { version } from './version.ts'

/** What a test hands in instead of the real thing. */
type Given = {
  readonly now?: () => number
  /** The monotonic clock; `now` when that is given alone. */
  readonly monotonic?: () => number
  readonly dice?: () => number
  /** Times Mailchimp's answers. */
  readonly after?: After
  /** false: nothing runs by itself, the test says when time passes. */
  readonly ticking?: boolean
  readonly telemetry?: Telemetry
  /** Stands between the service and its store, to make it fail. */
  readonly around?: (db: Database) => Database
  /** Starts the threads of the embedded store. */
  readonly newThread?: SqliteStore['newThread']
  /** With more due debts than this there are batches (R28). */
  readonly batchAbove?: number
  /** What hashing a password costs. */
  readonly passwordCost?: Cost
  /** Where the console was built. */
  readonly consoleFolder?: string
  /** How long is waited for the store, for the answer to a webhook, and at a stop. */
  readonly limits?: OpeningLimits & { readonly webhookMs?: number; readonly stop?: StopLimits }
  /** What connections may take. */
  readonly edge?: Partial<EdgeLimits>
  /** Is told of every route. */
  readonly onRoute?: (route: RouteOptions) => void
}

export type App = {
  readonly url: string
  /** While there is no account: where the first one is made, with this link. */
  readonly setupLink: string | undefined
  readonly ingest: Ingest
  readonly worker: Worker
  readonly replays: Replays
  readonly owing: Owing
  readonly lateness: Lateness
  readonly expiry: Expiry
  readonly upgrading: Upgrading
  readonly retractions: Retractions
  readonly erasures: Erasures
  readonly durability: Durability
  readonly lease: Lease
  /** R31: the time of the service. */
  readonly clock: () => number
  /** Follows a wall clock that was set forward. */
  readonly checkClock: () => Promise<void>
  /** Aborts, with the reason, when this process cannot serve any more; it must end then. */
  readonly failed: AbortSignal
  /** Finishes what is under way, takes nothing new, and lets go of everything. Gives where it was given up, if it was. */
  stop(): Promise<CutShort | undefined>
}

/** Beside us, where the build puts it. */
const CONSOLE = fileURLToPath(new URL('console', import.meta.url))

/** The composition root: opens the store, starts delivering, then listens. Lets go of everything if that fails. */
export async function startApp(config: Config, given: Given = {}): Promise<App> {
  const stopping = createStopping()
  const telemetry = given.telemetry ?? createTelemetry(createLog(config.logLevel))
  const stop = async (): Promise<CutShort | undefined> => {
    const cut = await stopping.stop(given.limits?.stop ?? STOP_LIMITS)
    if (cut) telemetry.stopCutShort(cut)
    return cut
  }
  try {
    return { ...(await start(config, { ...given, telemetry }, stopping)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Whether the store says anything at all, on a connection that is new. */
const answers = (db: Database): Promise<boolean> =>
  db.assertDurable().then(
    () => true,
    (error: unknown) => !isPassing(error),
  )

type GivenAll = Given & { readonly telemetry: Telemetry }

async function start(config: Config, given: GivenAll, stopping: Stopping): Promise<Omit<App, 'stop'>> {
  const { dice = Math.random, after = realAfter, ticking = true, batchAbove = BACKLOG } = given
  const { windowMs } = config
  const metrics = createMetrics({ version })
  const telemetry = toAll(given.telemetry, metrics.telemetry)
  const { clock, clockOff, comparison, follow, shownTime } = timeFor(given, telemetry)
  const { resume, askingDatabase } = comparison
  const durability = createDurability({ clock, clockOff, askingDatabase, telemetry })
  const around = (db: Database): Database => durability.watch(given.around?.(db) ?? db)
  const { db, lease, seal, onDoubt, ...embedded } = await openAll(config, { ...given, telemetry, around }, stopping)
  const idsAfter = await heedRestart({ db, clock, windowMs, resume, askingDatabase, telemetry })
  const base = { db, clock, newId: createIds(clock, idsAfter), keyedHash: await keyedHashOf(db, seal), telemetry }
  const originFor = (dataCentre: string): string => config.mailchimpUrl ?? mailchimpOrigin(dataCentre)
  const mailchimp = { seal, originFor, after, windowMs }
  const heard = { onToOwe: (): void => sweeps.owing.request(), asking: comparison.asking }
  const sending = { lease, durability, batchAbove, download: createDownload(), dice, ...heard }
  const worker = new Worker({ ...base, ...mailchimp, ...sending })
  lookAgainAfterSilence({ lease, durability, worker, onDoubt })
  const onOwed = (integrationIds: readonly string[]): void => worker.wake(integrationIds)
  const ingest = createIngest({ ...base, clockOff, onOwed, durability })
  const sweeps = createSweeps({ ...base, onOwed })
  const backlog = createBacklogReader({ db, clock })
  const trouble = () => durability.trouble() ?? (worker.isDelivering ? undefined : ('no_lease' as const))
  metrics.watch({ clock, backlog, lanes: () => worker.gauges(), trouble, ...shownTime })
  const { room, ...access } = accessFor({ ...base, after, cost: given.passwordCost })
  const shared = {
    ...base,
    ...mailchimp,
    ingest,
    worker,
    ...sweeps,
    questions: createQuestions(),
    ...access,
    version,
    trouble,
    webhookMs: given.limits?.webhookMs ?? LIMITS.webhookMs,
    metrics,
    gate: createWebhookGate({ db, clock }),
    ...servedAs(config, given),
  }
  let url = ''
  const publicUrl = (): string => config.publicUrl ?? url
  const server = await createServer({ ...shared, publicUrl })
  const checkClock = () => follow(step => heedStep({ db, windowMs }, step))
  stopping.add('deliveries', () => worker.stop())
  await startDelivering(worker, lease)
  stopSweeps(stopping, sweeps)
  await carryOn({ ...base, ...sweeps }, config.acceptUpgrade)
  stopping.add('what was received', () => ingest.idle())
  url = await listen(server, config, stopping)
  stopping.add('sign-ins', () => Promise.resolve(room.close()))
  await keepBootstrapToken(base, config.bootstrapToken)
  const setupToken = await renewSetup({ db, clock })
  if (ticking)
    stopping.add('timers', startTimers({ ...sweeps, ...embedded, lease, worker, durability, checkClock, telemetry }))
  const setupLink = setupToken && `${publicUrl()}/setup#token=${setupToken}`
  const failed = db.gone ?? new AbortController().signal
  return { url, setupLink, ingest, worker, ...sweeps, durability, lease, clock, checkClock, failed }
}

type Silence = {
  readonly lease: Lease
  readonly durability: Durability
  readonly worker: Worker
  readonly onDoubt: (listener: () => void) => void
}

function lookAgainAfterSilence({ lease, durability, worker, onDoubt }: Silence): void {
  lease.onBack(() => {
    // A check that failed because the database was away holds webhooks up no longer than that.
    void durability.check()
    worker.lookAgain()
  })
  onDoubt(() => worker.lookAgain())
}

/** Delivers from now on whenever this process holds the lease. */
async function startDelivering(worker: Worker, lease: Lease): Promise<void> {
  await worker.follow()
  lease.onChange(() => worker.requestFollow())
  // It may have changed in between.
  worker.requestFollow()
}

const servedAs = ({ trustedProxies }: Config, { consoleFolder = CONSOLE, edge, onRoute = () => undefined }: Given) => ({
  trustedProxies,
  consoleFolder,
  edge: { ...EDGE_LIMITS, ...edge },
  onRoute,
})

type AccessDeps = Pick<Parameters<typeof createProver>[0], 'db' | 'clock'> & {
  readonly telemetry: Telemetry
  readonly after: After
  readonly cost: Cost | undefined
}

/** Who is who: passwords, and the room in which strangers wait. */
function accessFor({ cost, after, ...deps }: AccessDeps) {
  const passwords = createPasswords(cost)
  const room = createWaitingRoom({ clock: deps.clock, after })
  return { room, passwords, prove: createProver({ ...deps, passwords, room }) }
}

type CarryingOn = Parameters<typeof acceptUpgrade>[0] & Pick<App, 'replays' | 'owing' | 'retractions' | 'erasures'>

/** What the process before this one, or an older release, left. */
async function carryOn(deps: CarryingOn, isAccepted: boolean): Promise<void> {
  for (const sweep of [deps.replays, deps.owing, deps.retractions, deps.erasures]) sweep.request()
  if (isAccepted) await acceptUpgrade(deps, { actor: 'serve --accept-upgrade' })
  else deps.upgrading.request()
}

/** R31: the time of the service, and what it is compared with. */
function timeFor(given: Given, telemetry: Telemetry) {
  const clocks = clocksOf(given)
  const steady = createSteadyClock(clocks, telemetry)
  const comparison = createClockComparison({ clock: steady.now, monotonic: () => clocks().monotonic, telemetry })
  const follow = async (heed: Parameters<typeof steady.check>[0]): Promise<void> => {
    await steady.check(heed)
    comparison.check()
  }
  const shownTime = { clockAhead: steady.ahead, clockDifferences: comparison.differences }
  return { clock: steady.now, clockOff: comparison.clockOff, comparison, follow, shownTime }
}

const clocksOf = ({ now, monotonic = now ?? (() => performance.now()) }: Given) => {
  const wall = now ?? Date.now
  return () => ({ wall: wall(), monotonic: monotonic() })
}

/** Gives the address it really listens on: the port may have been picked. */
async function listen(
  server: Awaited<ReturnType<typeof createServer>>,
  { host, port }: Config,
  stopping: Stopping,
): Promise<string> {
  stopping.add('the server', () => server.close())
  await server.listen({ host, port })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

/** The store, brought up to this release, with the lease on it and the key to its secrets. */
async function openAll(config: Config, given: GivenAll, stopping: Stopping) {
  const tell = (state: LeaseState): void => given.telemetry.leaseChanged({ state })
  let inDoubt = (): void => undefined
  const { db: plain, lease, ...embedded } = await openStore(config, { ...given, tell })
  const db = doubting(plain, () => inDoubt())
  stopping.addStore({ close: () => db.close(), isAnswering: () => answers(db) })
  stopping.add('the lease', () => lease.release())
  await migrate(db, migrations)
  const seal = createSeal(await loadKey(config.keyFile, { mayMake: !(await canaryIn(db)) }))
  await assertOwnSeal(db, seal)
  return { db, lease, seal, onDoubt: (listener: () => void) => void (inDoubt = listener), ...embedded }
}
