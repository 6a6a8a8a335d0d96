import { copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, type App } from '../src/app.ts'
import { readConfig, type Config } from '../src/config.ts'
import { event } from './world.ts'

const TOKEN = 'owner-token-of-a-store-to-be-damaged'
export const EVENTS = 120

/** What a store consists of, in the folder of a service. */
export const filesIn = (folder: string) => ({
  folder,
  store: join(folder, 'consent-relay.db'),
  log: join(folder, 'consent-relay.db-wal'),
  index: join(folder, 'consent-relay.db-shm'),
  key: join(folder, 'key'),
})
export type Files = ReturnType<typeof filesIn>

export const configIn = (folder: string, more: Readonly<Record<string, string>> = {}): Config =>
  readConfig({
    CONSENT_RELAY_PORT: '0',
    CONSENT_RELAY_DATA: folder,
    CONSENT_RELAY_BOOTSTRAP_TOKEN: TOKEN,
    CONSENT_RELAY_LOG_LEVEL: 'silent',
    ...more,
  })

export type Stores = AsyncDisposable & {
  /** As a service left it that was stopped: everything is in the file. */
  readonly stopped: Files
  /** As `kill -9` left the same service: what it acknowledged since the start is in the log. */
  readonly killed: Files
  /** As the service was stopped before the last time. */
  readonly older: Files
  /** Another one, as `kill -9` left it. */
  readonly other: Files
  /** An empty folder. */
  fresh(): Promise<Files>
}

/** Real stores with a source and its events. */
export async function realStores(): Promise<Stores> {
  const root = await mkdtemp(join(tmpdir(), 'consent-relay-damaged-'))
  let count = 0
  const fresh = async (): Promise<Files> => {
    const folder = join(root, String(++count))
    await mkdir(folder)
    return filesIn(folder)
  }
  const home = await fresh()
  const older = await fresh()
  const [stopped, killed, other, otherHome] = [await fresh(), await fresh(), await fresh(), await fresh()]
  await served(home, older, 'older')
  await served(home, await fresh(), 'between')
  await served(home, killed, 'newer', { isKilled: true })
  await copyStore(home, stopped)
  await served(otherHome, other, 'other', { isKilled: true })
  return {
    ...{ stopped, killed, older, other, fresh },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** A service runs in `home` and takes events in; what is in its folder is copied once it has stopped, or before. */
async function served(home: Files, to: Files, name: string, { isKilled = false } = {}): Promise<void> {
  const app = await startApp(configIn(home.folder), { ticking: false })
  await receives(app, name)
  if (isKilled) await copyStore(home, to)
  await app.stop()
  if (!isKilled) await copyStore(home, to)
}

/** Makes a source, and takes in so many events of so many people that every table has pages enough. */
export async function receives(app: App, name: string): Promise<{ readonly url: string; readonly token: string }> {
  const made = await fetch(`${app.url}/v1/sources`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, authentication: { type: 'bearer' } }),
  })
  const { webhook_url: url, authentication } = (await made.json()) as {
    webhook_url: string
    authentication: { token: string }
  }
  const bodies = Array.from({ length: EVENTS }, (_, n) =>
    event({ who: `${name}${n}@mail.test`, at: '2026-11-20T10:00:00Z', purposes: { newsletter: n % 2 === 0 } }),
  )
  for (const body of bodies) {
    const status = await postTo({ url, token: authentication.token }, body)
    if (status !== 202) throw new Error(`the webhook answered ${status}`)
  }
  return { url, token: authentication.token }
}

export async function postTo({ url, token }: { url: string; token: string }, body: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status
}

export async function copyStore(from: Files, to: Files): Promise<void> {
  for (const name of ['store', 'log', 'index', 'key'] as const)
    if (await isThere(from[name])) await copyFile(from[name], to[name])
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
