import { join } from 'node:path'
import { type AddressInfo } from 'node:net'
import { mkdir } from 'node:fs/promises'
import { type Config } from './config.ts'
import { MINUTE, SECOND } from './domain/instant.ts'
import { createEvents, type Events } from './events.ts'
import { createServer } from './http/server.ts'
import { createLog } from './log.ts'
import { mailchimpOrigin } from './mailchimp/client.ts'
import { createDurability, type Durability } from './pipeline/durability.ts'
import { createIngest, type Ingest } from './pipeline/ingest.ts'
import { createWebhookGate } from './pipeline/sources.ts'
import { firstToken } from './pipeline/tokens.ts'
import { Worker } from './pipeline/worker.ts'
import { type Database } from './store/database.ts'
import { tryInstanceLock } from './store/instance-lock.ts'
import { createIds } from './store/ids.ts'
import { migrate } from './store/migrate.ts'
import { migrations } from './store/migrations/all.ts'
import { openDatabase } from './store/open.ts'
import { assertOwnSeal, createSeal, hasSeal, loadKey } from './store/sealed.ts'
import { version } from './version.ts'

/** What a test hands in instead of the real thing. */
export type Given = {
  readonly now?: () => number
  readonly dice?: () => number
  /** false: nothing runs by itself, the test says when time passes. */
  readonly ticking?: boolean
  readonly events?: Events
  /** Stands between the service and its store, to make it fail. */
  readonly around?: (db: Database) => Database
}

export type App = {
  readonly url: string
  /** Shown once, at the very first start without a configured token. */
  readonly firstToken: string | undefined
  readonly ingest: Ingest
  readonly worker: Worker
  /** Aborts when another instance may have taken over the database; this one must stop then. */
  readonly ousted: AbortSignal
  /** Finishes what is under way, takes nothing new, and lets go of everything. */
  stop(): Promise<void>
}

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
  const { now = Date.now, dice = Math.random, ticking = true } = given
  const events = given.events ?? createEvents(createLog(config.logLevel))
  const { db, seal, ousted } = await openStore(config, closing, given.around)
  const newId = createIds(now)
  const originFor = (dataCentre: string): string => config.mailchimpUrl ?? mailchimpOrigin(dataCentre)
  const worker = new Worker({ db, seal, originFor, now, dice, newId, events })
  const durability = createDurability(db, events)
  const onOwed = (integrationIds: readonly string[]): void => worker.wake(integrationIds)
  const ingest = createIngest({ db, now, newId, events, onOwed, mayWrite: durability.isSure })
  const shared = {
    db,
    seal,
    originFor,
    now,
    newId,
    events,
    ingest,
    worker,
    version,
    durability,
    gate: createWebhookGate({ db, now }),
  }
  let url = ''
  const server = await createServer({ ...shared, publicUrl: () => config.publicUrl ?? url })
  closing.push(() => worker.stop())
  await worker.start()
  closing.push(() => ingest.idle())
  closing.push(() => server.close())
  await server.listen({ host: config.host, port: config.port })
  url = urlOf(server.server.address())
  // Last, so that a start which fails does not use up the token that is shown once.
  const token = await firstToken({ db, now, newId }, config.bootstrapToken)
  if (ticking) closing.push(startTimers(worker, durability))
  return { url, firstToken: token, ingest, worker, ousted }
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

/** Until credentials have owners (DESIGN section 7), two instances on one database would deliver out of order. */
async function lockDatabase(url: string, closing: Closing): Promise<AbortSignal> {
  const lock = await tryInstanceLock({ url, name: 'the only instance' })
  if (!lock) throw new Error('another instance of Consent Relay works on this database; only one may')
  closing.push(() => lock.release())
  return lock.lost
}

function startTimers(worker: Worker, durability: Durability): () => Promise<void> {
  const timers = [setInterval(() => worker.tick(), SECOND), setInterval(() => void durability.check(), MINUTE)]
  return () => {
    timers.forEach(clearInterval)
    return Promise.resolve()
  }
}
