import { Client, type ClientConfig, DatabaseError, Pool, type PoolClient, type QueryResult } from 'pg'
import { type Database, type Param, type Row, type Sql } from './database.ts'
import { nameOf, type StoreFailure, StoreError } from './errors.ts'
import { assertParams } from './params.ts'
import { transactionHandle } from './transaction.ts'
import { takeTurns } from './turns.ts'

/** The limits of every connection of ours: no connecting, statement or forgotten transaction lasts for ever. */
export function connectionConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'consent-relay',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    types: { getTypeParser: (oid: number) => PARSERS.get(oid) ?? String },
  }
}

/** Opens a pool of connections to the PostgreSQL at `url`; nothing is tried until the first use. */
export function openPostgres({ url, connections = 10 }: { url: string; connections?: number }): Promise<Database> {
  const pool = new Pool({ ...connectionConfig(url), max: connections })
  // A connection that breaks, idle or between two statements, emits 'error', which ends the process if there is no listener.
  // The pool replaces it; its user gets the error from the next statement.
  pool.on('error', () => undefined)
  pool.on('connect', client => client.on('error', () => undefined))
  const uses = keepUses()
  return Promise.resolve({
    dialect: 'postgres',
    async query<R extends Row>(text: string, params: readonly Param[] = []) {
      return (await uses.during(() => send(pool, text, params))).rows as R[]
    },
    transaction: work => uses.during(() => untilNoDeadlock(() => runTransaction(pool, work))),
    assertDurable: () => uses.during(() => assertDurable(url)),
    close: () => uses.end(() => pool.end()),
  })
}

/** `pool.end` forgets those who wait for a connection, so it must come after the last of them. */
function keepUses() {
  const running = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined
  return {
    during<T>(use: () => Promise<T>): Promise<T> {
      if (closing) return Promise.reject(new StoreError('the database is closed', { failure: 'unavailable' }))
      const promise = use().finally(() => running.delete(promise))
      running.add(promise)
      return promise
    },
    end: (close: () => Promise<void>) => (closing ??= Promise.allSettled(running).then(close)),
  }
}

const MOST_RUNS = 4

/** Of two transactions that wait for each other PostgreSQL undoes one (40P01), which then simply comes second. */
async function untilNoDeadlock<T>(run: () => Promise<T>): Promise<T> {
  for (let runs = 1; ; runs++) {
    try {
      return await run()
    } catch (error) {
      if (runs >= MOST_RUNS || !isDeadlock(error)) throw error
    }
  }
}

const isDeadlock = (error: unknown): boolean =>
  error instanceof StoreError && error.cause instanceof DatabaseError && error.cause.code === '40P01'

async function runTransaction<T>(pool: Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  const client = await connect(pool)
  // A client takes one statement at a time; `work` may send several together.
  const turn = takeTurns()
  const run = async (text: string, params: readonly Param[] = []) => {
    const { rows } = await turn(() => send(client, text, params))
    return rows
  }
  const tx = transactionHandle('postgres', run)
  try {
    await run('begin')
    const result = await work(tx.sql)
    await tx.endSound()
    await run('commit')
    client.release()
    return result
  } catch (error) {
    tx.end()
    // A client that cannot even roll back is past saving: the pool throws it away.
    const broken = await run('rollback').then(
      () => false,
      () => true,
    )
    client.release(broken)
    throw error
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (cause) {
    throw storeError('connect', cause)
  }
}

async function send(to: Pool | PoolClient, text: string, params: readonly Param[] = []): Promise<QueryResult<Row>> {
  assertParams(text, params)
  // 'extended' even without parameters: the simple protocol would take several statements in one text.
  const statement = { text, values: [...params], queryMode: 'extended' }
  try {
    return await to.query<Row>(statement)
  } catch (cause) {
    throw storeError(text, cause)
  }
}

export function storeError(text: string, cause: unknown): StoreError {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (!(cause instanceof DatabaseError)) {
    // No SQLSTATE: the driver could not talk to the server; but for what our own parsers throw.
    const failure = cause instanceof RangeError || cause instanceof TypeError ? undefined : 'unavailable'
    return new StoreError(`${nameOf(text)}: ${message}`, { failure, cause })
  }
  const code = cause.code ?? ''
  // These quote values of the row, and a value may be an address.
  cause.detail = cause.where = undefined
  const reason = code.startsWith('22') ? `invalid value (${code})` : `${message} (${code})`
  return new StoreError(`${nameOf(text)}: ${reason}`, { failure: failureOf(code), cause })
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, resources, operator, system; then
// read-only, deadlock and serialisation, lock not available: each may go well another time.
const UNAVAILABLE = /^(08|53|57|58|25006|25P03|40001|40P01|55P03)/

function failureOf(code: string): StoreFailure | undefined {
  if (code === '23505') return 'conflict'
  return UNAVAILABLE.test(code) ? 'unavailable' : undefined
}

type Durability = { fsync: string; synchronous_commit: string; in_recovery: number }

async function assertDurable(url: string): Promise<void> {
  const found = await readDurability(url)
  if (found?.fsync !== 'on') throw new Error('PostgreSQL runs with fsync off: an acknowledged event could be lost')
  if (!['on', 'remote_apply'].includes(found.synchronous_commit)) {
    throw new Error(
      `PostgreSQL has synchronous_commit ${found.synchronous_commit}: an acknowledged event could be lost`,
    )
  }
  if (found.in_recovery) throw new Error('PostgreSQL is in recovery (a standby): it takes no writes')
}

/**
 * Asks on a connection of its own: settings of the database or the role reach new sessions only, so an old one of the
 * pool would not know yet.
 */
async function readDurability(url: string): Promise<Durability | undefined> {
  const client = new Client(connectionConfig(url))
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<Durability>(
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
              pg_is_in_recovery() as in_recovery`,
    )
    return rows[0]
  } catch (cause) {
    throw storeError('assertDurable', cause)
  } finally {
    await client.end()
  }
}

/** What is not in the list stays the text the server sent: JSON, dates, arrays. */
const PARSERS = new Map<number, (text: string) => Row[string]>([
  [16, text => (text === 't' ? 1 : 0)], // bool: SQLite has 0 and 1
  [17, text => Uint8Array.from(Buffer.from(text.slice(2), 'hex'))], // bytea
  [20, exactNumber], // int8
  [21, Number], // int2
  [23, Number], // int4
  [700, Number], // float4
  [701, Number], // float8
  [1700, exactNumber], // numeric: what sum() makes of int8
])

function exactNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) throw new RangeError('an integer beyond 2^53')
  return number
}
