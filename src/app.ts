import { type RouteOptions } from 'fastify'
import { join } from 'node:path'
import { type AddressInfo } from 'node:net'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Config } from './config.ts'
import { HOUR, MINUTE, SECOND } from './domain/instant.ts'
import { createTelemetry, toAll, type Telemetry } from './telemetry.ts'
import { EDGE_LIMITS, type EdgeLimits } from './http/edge/limits.ts'
import { createServer } from './http/server.ts'
import { createLog } from './log.ts'
import { mailchimpOrigin, realAfter, type After } from './mailchimp/client.ts'
import { createDownload } from './mailchimp/download.ts'
import { createMetrics } from './metrics/metrics.ts'
import { createBacklogReader } from './pipeline/watch/backlog.ts'
import { createDurability, type Durability } from './pipeline/intake/durability.ts'
import { createFailures, type Failures } from './pipeline/watch/failures.ts'
import { createIngest, type Ingest } from './pipeline/intake/ingest.ts'
import { createLateness, type Lateness } from './pipeline/watch/lateness.ts'
import { createPasswords, type Cost } from './pipeline/access/passwords.ts'
import { createProver } from './pipeline/access/prover.ts'
import { createQuestions } from './pipeline/live/questions.ts'
import { createReplays, type Replays } from './pipeline/upkeep/replays.ts'
import { createExpiry, type Expiry } from './pipeline/upkeep/retention.ts'
import { acceptUpgrade } from './pipeline/upkeep/accept-upgrade.ts'
import { createUpgrading, type Upgrading } from './pipeline/upkeep/upgrade.ts'
import { renewSetup } from './pipeline/access/setup.ts'
import { keepBootstrapToken } from './pipeline/access/tokens.ts'
import { createWebhookGate } from './pipeline/intake/gate.ts'
import { Worker } from './pipeline/lanes/worker.ts'
import { type Database } from './store/engine/database.ts'
import { tryInstanceLock } from './store/engine/instance-lock.ts'
import { createIds } from './store/engine/ids.ts'
import { migrate } from './store/engine/migrate.ts'
import { migrations } from './store/migrations/all.ts'
import { openDatabase } from './store/engine/open.ts'
import { assertOwnSeal, createSeal, hasSeal, loadKey } from './store/settings/sealed.ts'
import { version } from './version.ts'

/** What a test hands in instead of the real thing. */
type Given = {
  readonly now?: () => number
  readonly dice?: () => number
  /** Times Mailchimp's answers. */
  readonly after?: After
  /** false: nothing runs by itself, the test says when time passes. */
  readonly ticking?: boolean
  readonly telemetry?: Telemetry
  /** Stands between the service and its store, to make it fail. */
  readonly around?: (db: Database) => Database
  /** What hashing a password costs. */
  readonly passwordCost?: Cost
  /** Where the console was built. */
  readonly consoleFolder?: string
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
  readonly lateness: Lateness
  readonly expiry: Expiry
  readonly upgrading: Upgrading
  /** Aborts when another instance may have taken over the database; this one must stop then. */
  readonly ousted: AbortSignal
  /** Finishes what is under way, takes nothing new, and lets go of everything. */
  stop(): Promise<void>
}

/** Beside us, where the build puts it. */
const CONSOLE = fileURLToPath(new URL('console', import.meta.url))

/** What has to be let go of, the last first. */
type Closing = (() => Promise<unknown>)[]

/** The composition root: opens the store, starts delivering, then listens. Lets go of everything if that fails. */
export async function startApp(config: Config, given: Given = {}): Promise<App> {
  const closing: Closing = []
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close()
  }
  try {
    return { ...(await start(config, given, closing)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(config: Config, given: Given, closing: Closing): Promise<Omit<App, 'stop'>> {
  const { now: clock = Date.now, dice = Math.random, after = realAfter, ticking = true } = given
  const metrics = createMetrics({ version })
  const telemetry = toAll(given.telemetry ?? createTelemetry(createLog(config.logLevel)), metrics.telemetry)
  const { db, seal, ousted } = await openStore(config, closing, given.around)
  const newId = createIds(clock)
  const originFor = (dataCentre: string): string => config.mailchimpUrl ?? mailchimpOrigin(dataCentre)
  const download = createDownload()
  const { windowMs } = config
  const worker = new Worker({ db, seal, originFor, after, download, clock, dice, newId, telemetry, windowMs })
  const durability = createDurability(db, telemetry)
  const onOwed = (integrationIds: readonly string[]): void => worker.wake(integrationIds)
  const ingest = createIngest({ db, clock, newId, telemetry, onOwed, mayWrite: durability.isSure })
  const sweeps = createSweeps({ db, clock, newId, telemetry, onOwed })
  const { failures, replays, expiry, lateness, upgrading } = sweeps
  const backlog = createBacklogReader({ db, clock })
  const passwords = createPasswords(given.passwordCost)
  metrics.watch({ clock, backlog, lanes: () => worker.gauges(), isReady: durability.isSure })
  const shared = {
    db,
    seal,
    originFor,
    after,
    clock,
    newId,
    telemetry,
    windowMs,
    ingest,
    worker,
    failures,
    replays,
    expiry,
    upgrading,
    questions: createQuestions(),
    passwords,
    prove: createProver({ db, clock, passwords, telemetry }),
    version,
    durability,
    metrics,
    gate: createWebhookGate({ db, clock }),
    ...servedAs(given),
  }
  let url = ''
  const publicUrl = (): string => config.publicUrl ?? url
  const server = await createServer({ ...shared, publicUrl })
  replays.request()
  closing.push(() => worker.stop())
  await worker.start()
  closing.push(...[replays, upgrading, expiry, failures].map(each => () => each.stop()))
  await startUpgrading({ db, clock, newId, upgrading }, config.acceptUpgrade)
  closing.push(() => ingest.idle())
  closing.push(() => server.close())
  await server.listen({ host: config.host, port: config.port })
  url = urlOf(server.server.address())
  await keepBootstrapToken({ db, clock, newId }, config.bootstrapToken)
  const setupToken = await renewSetup({ db, clock })
  if (ticking) closing.push(startTimers({ ...sweeps, worker, durability, telemetry }))
  const setupLink = setupToken && `${publicUrl()}/setup#token=${setupToken}`
  return { url, setupLink, ingest, worker, replays, lateness, expiry, upgrading, ousted }
}

const servedAs = ({ consoleFolder = CONSOLE, edge, onRoute = () => undefined }: Given) => ({
  consoleFolder,
  edge: { ...EDGE_LIMITS, ...edge },
  onRoute,
})

async function startUpgrading(deps: Parameters<typeof acceptUpgrade>[0], isAccepted: boolean): Promise<void> {
  if (isAccepted) await acceptUpgrade(deps, { actor: 'serve --accept-upgrade' })
  else deps.upgrading.request()
}

/** The address it really listens on: the port may have been picked. */
function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

async function openStore(
  { databaseUrl, dataFolder, keyFile }: Config,
  closing: Closing,
  around: Given['around'] = db => db,
) {
  if (databaseUrl === undefined) await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const file = join(dataFolder, 'consent-relay.db')
  const db = around(await openDatabase({ file, ...(databaseUrl === undefined ? {} : { databaseUrl }) }))
  closing.push(() => db.close())
  const ousted = databaseUrl === undefined ? new AbortController().signal : await lockDatabase(databaseUrl, closing)
  await db.assertDurable()
  await migrate(db, migrations)
  const seal = createSeal(await loadKey(keyFile, { mayMake: !(await hasSeal(db)) }))
  await assertOwnSeal(db, seal)
  return { db, seal, ousted }
}

/** I14: until credentials have owners, two instances on one database would deliver out of order. */
async function lockDatabase(url: string, closing: Closing): Promise<AbortSignal> {
  const lock = await tryInstanceLock({ url, name: 'the only instance' })
  if (!lock) throw new Error('another instance of Consent Relay works on this database; only one may')
  closing.push(() => lock.release())
  return lock.lost
}

/** What goes through the store now and then. */
type Sweeps = {
  readonly failures: Failures
  readonly replays: Replays
  readonly expiry: Expiry
  readonly lateness: Lateness
  readonly upgrading: Upgrading
}

type SweepDeps = Parameters<typeof createReplays>[0] & Parameters<typeof createFailures>[0]

const createSweeps = (deps: SweepDeps): Sweeps => ({
  failures: createFailures(deps),
  replays: createReplays(deps),
  expiry: createExpiry(deps),
  lateness: createLateness(deps),
  upgrading: createUpgrading(deps),
})

type Timed = Sweeps & { readonly worker: Worker; readonly durability: Durability; readonly telemetry: Telemetry }

function startTimers({
  worker,
  durability,
  failures,
  replays,
  lateness,
  expiry,
  telemetry,
}: Timed): () => Promise<void> {
  const sweep = (): void => {
    failures.tick().catch((error: unknown) => telemetry.stepFailed('failures', error))
    replays.request()
  }
  const watch = (): void => {
    lateness.check().catch((error: unknown) => telemetry.stepFailed('lateness', error))
  }
  const timers = [
    setInterval(() => worker.tick(), SECOND),
    setInterval(sweep, 10 * SECOND),
    setInterval(() => void durability.check(), MINUTE),
    setInterval(watch, MINUTE),
    setInterval(() => expiry.request(), HOUR),
  ]
  return () => {
    timers.forEach(clearInterval)
    return Promise.resolve()
  }
}
