import { join } from 'node:path'
import { type AddressInfo } from 'node:net'
import { mkdir } from 'node:fs/promises'
import { type Config } from './config.ts'
import { MINUTE, SECOND } from './domain/instant.ts'
import { createEvents, type Events } from './events.ts'
import { createServer } from './http/server.ts'
import { createLog } from './log.ts'
import { mailchimpOrigin } from './mailchimp/client.ts'
import { createIngest, type Ingest } from './pipeline/ingest.ts'
import { createWebhookGate } from './pipeline/sources.ts'
import { firstToken } from './pipeline/tokens.ts'
import { Worker } from './pipeline/worker.ts'
import { type Database } from './store/database.ts'
import { createIds } from './store/ids.ts'
import { migrate } from './store/migrate.ts'
import { migrations } from './store/migrations/all.ts'
import { openDatabase } from './store/open.ts'
import { assertOwnSeal, createSeal, loadKey } from './store/sealed.ts'
import { version } from './version.ts'

/** What a test hands in instead of the real thing. */
export type Given = {
  readonly now?: () => number
  readonly dice?: () => number
  /** false: nothing runs by itself, the test says when time passes. */
  readonly ticking?: boolean
  readonly events?: Events
}

export type App = {
  readonly url: string
  /** Shown once, at the very first start without a configured token. */
  readonly firstToken: string | undefined
  readonly db: Database
  readonly ingest: Ingest
  readonly worker: Worker
  /** Finishes what is under way, takes nothing new, and lets go of everything. */
  stop(): Promise<void>
}

/** The composition root: opens the store, starts delivering, then listens. */
export async function startApp(config: Config, given: Given = {}): Promise<App> {
  const { now = Date.now, dice = Math.random, ticking = true } = given
  const events = given.events ?? createEvents(createLog(config.logLevel))
  const { db, seal } = await openStore(config)
  const newId = createIds(now)
  const originFor = (dataCentre: string): string => config.mailchimpUrl ?? mailchimpOrigin(dataCentre)
  const worker = new Worker({ db, seal, originFor, now, dice, newId, events })
  const ingest = createIngest({ db, now, newId, events, onOwed: ids => worker.wake(ids) })
  const gate = createWebhookGate({ db, now })
  let url = ''
  const publicUrl = (): string => config.publicUrl ?? url
  const server = await createServer({
    db,
    seal,
    originFor,
    now,
    newId,
    events,
    gate,
    ingest,
    worker,
    publicUrl,
    version,
  })
  const token = await firstToken({ db, now, newId }, config.bootstrapToken)
  await worker.start()
  await server.listen({ host: config.host, port: config.port })
  url = urlOf(server.server.address())
  const timers = ticking ? startTimers(worker, db, events) : []
  return {
    url,
    firstToken: token,
    db,
    ingest,
    worker,
    async stop() {
      timers.forEach(clearInterval)
      await server.close()
      await ingest.idle()
      await worker.stop()
      await db.close()
    },
  }
}

/** The address it really listens on: the port may have been picked. */
function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

async function openStore(config: Config) {
  if (config.databaseUrl === undefined) await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  const db = await openDatabase({
    file: join(config.dataFolder, 'consent-relay.db'),
    ...(config.databaseUrl === undefined ? {} : { databaseUrl: config.databaseUrl }),
  })
  try {
    await db.assertDurable()
    await migrate(db, migrations)
    const seal = createSeal(await loadKey(config.keyFile))
    await assertOwnSeal(db, seal)
    return { db, seal }
  } catch (error) {
    await db.close()
    throw error
  }
}

function startTimers(worker: Worker, db: Database, events: Events): NodeJS.Timeout[] {
  const durable = (): void => {
    db.assertDurable().catch((error: unknown) => events.stepFailed('durability check', error))
  }
  return [setInterval(() => worker.tick(), SECOND), setInterval(durable, MINUTE)]
}
