import { Client } from 'pg'
import { connectionConfig, storeError } from './postgres.ts'

export type InstanceLock = { readonly lost: AbortSignal; release(): Promise<void> }

const CHECK_MS = 5_000

/**
 * Takes the lock `name` if it is free; at most one holder exists in all processes on the database. It is held on
 * a connection of its own, so the server frees it when this process dies. `lost` aborts when that connection does:
 * from then on another process may hold it.
 */
export async function tryInstanceLock({ url, name }: { url: string; name: string }): Promise<InstanceLock | undefined> {
  const client = new Client(connectionConfig(url))
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  client.on('end', () => lost.abort())
  if (!(await tryLock(client, name))) {
    await client.end()
    return undefined
  }
  const stopWatching = watch(client, lost)
  return {
    lost: lost.signal,
    async release() {
      stopWatching()
      // Giving it up is not losing it.
      client.removeAllListeners('end')
      await client.end()
    },
  }
}

async function tryLock(client: Client, name: string): Promise<boolean> {
  try {
    await client.connect()
    // When our host dies, the server notices within half a minute instead of two hours, and frees the lock.
    await client.query('set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 4')
    const { rows } = await client.query<{ held: number }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
      [`consent-relay ${name}`],
    )
    return rows[0]?.held === 1
  } catch (cause) {
    await client.end()
    throw storeError('pg_try_advisory_lock', cause)
  }
}

/** A network that swallows packets ends no connection; a question that stays open until the next one does. */
function watch(client: Client, lost: AbortController): () => void {
  let answered = true
  const timer = setInterval(() => {
    if (!answered) return lost.abort()
    answered = false
    client.query('select 1').then(
      () => (answered = true),
      () => lost.abort(),
    )
  }, CHECK_MS)
  timer.unref()
  lost.signal.addEventListener('abort', () => clearInterval(timer))
  return () => clearInterval(timer)
}
