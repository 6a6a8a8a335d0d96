import { type ClientConfig, DatabaseError, Pool } from 'pg'
import { type Database, type Param, type Row, type Sql } from './database.ts'
import { StoreError } from './errors.ts'
import { STORE_LIMITS, type StoreLimits, type Use } from './limits.ts'
import {
  ask,
  askAll,
  connect,
  Connection,
  connectionConfig,
  doubted,
  isSilence,
  storeError,
} from './postgres-connection.ts'
import { isRead } from './sqlite-text.ts'
import { transactionHandle } from './transaction.ts'
import { takeTurns } from './turns.ts'

type Opening = { readonly url: string; readonly connections?: number; readonly limits?: StoreLimits }

/** Opens a pool of connections to the PostgreSQL at `url`; nothing is tried until the first use. */
export function openPostgres({ url, connections = 10, limits = STORE_LIMITS }: Opening): Promise<Database> {
  const pool = openPool(url, connections, limits)
  const uses = keepUses()
  return Promise.resolve({
    dialect: 'postgres',
    query: <R extends Row>(text: string, params: readonly Param[] = []) =>
      uses.during(async () => (await queryAlone(pool, { text, params, limits })) as R[]),
    transaction: (work, use = 'usual') =>
      uses.during(() => untilNoDeadlock(() => runTransaction(pool, work, { limits, use }))),
    assertDurable: () => uses.during(() => assertDurable(url, limits)),
    reconnect: () => pool.drop('usual'),
    close: () => uses.end({ ms: limits.closeMs, cut: () => pool.drop('all'), close: () => pool.end() }),
  })
}

type Lent = { readonly connection: Connection; giveBack(isBroken: boolean): void }

type ConnectionPool = {
  /** Lends a connection, or fails when none is free or can be made in time. */
  lend(use: Use): Promise<Lent>
  /**
   * Throws connections away; those in use fail the statement that waits on them. Long uses are among `all` only: hours
   * of work are not thrown away on a suspicion.
   */
  drop(which: 'idle' | 'usual' | 'all'): void
  end(): Promise<void>
}

function openPool(url: string, most: number, limits: StoreLimits): ConnectionPool {
  const open = new Set<Connection>()
  const lent = new Map<Connection, Use>()
  const idle = new Set<Connection>()

  class PoolConnection extends Connection {
    constructor(config?: ClientConfig) {
      super(config)
      open.add(this)
      this.once('end', () => {
        open.delete(this)
        idle.delete(this)
      })
    }
  }

  const pool = new Pool({ ...connectionConfig(url, limits), max: most, Client: PoolConnection })
  // The pool replaces a connection that broke while it was idle.
  pool.on('error', () => undefined)
  return {
    async lend(use) {
      const client = await pool.connect().catch((cause: unknown) => {
        throw storeError('connect', cause)
      })
      const connection = client as unknown as Connection
      idle.delete(connection)
      lent.set(connection, use)
      return {
        connection,
        giveBack(isBroken) {
          lent.delete(connection)
          if (isBroken) connection.destroy()
          else idle.add(connection)
          client.release(isBroken)
        },
      }
    },
    drop(which) {
      const isMeant = (each: Connection): boolean => which === 'all' || lent.get(each) !== 'long'
      for (const connection of which === 'idle' ? idle : open) if (isMeant(connection)) connection.destroy()
    },
    end: () => pool.end(),
  }
}

type Ending = { readonly ms: number; readonly cut: () => void; readonly close: () => Promise<void> }

/** `pool.end` forgets those who wait for a connection, so it must come after the last of them. */
function keepUses() {
  const running = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  async function end({ ms, cut, close }: Ending): Promise<void> {
    const timer = setTimeout(cut, ms)
    await Promise.allSettled(running)
    await close()
    clearTimeout(timer)
  }

  return {
    during<T>(use: () => Promise<T>): Promise<T> {
      if (closing) return Promise.reject(new StoreError('the database is closed', { failure: 'unavailable' }))
      const promise = use().finally(() => running.delete(promise))
      running.add(promise)
      return promise
    },
    end: (ending: Ending) => (closing ??= end(ending)),
  }
}

type Alone = { readonly text: string; readonly params: readonly Param[]; readonly limits: StoreLimits }

async function queryAlone(pool: ConnectionPool, { text, params, limits }: Alone): Promise<Row[]> {
  const { connection, giveBack } = await pool.lend('usual')
  const ms = limits.uses.usual.statementMs + limits.graceMs
  try {
    const rows = await ask(connection, text, { params, ms })
    giveBack(false)
    return rows
  } catch (error) {
    giveBack(isBroken(error))
    if (isSilence(error)) pool.drop('idle')
    throw isRead(text) ? error : doubted(error)
  }
}

/** After a refusal of the server (an SQLSTATE of a session that goes on) a connection is as good as before. */
const isBroken = (error: unknown): boolean => doubted(error) !== error

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

type Running = { readonly limits: StoreLimits; readonly use: Use }

async function runTransaction<T>(
  pool: ConnectionPool,
  work: (tx: Sql) => Promise<T>,
  { limits, use }: Running,
): Promise<T> {
  const { connection, giveBack } = await pool.lend(use)
  const ms = limits.uses[use].statementMs + limits.graceMs
  // A client takes one statement at a time; `work` may send several together.
  const turn = takeTurns()
  const run = (text: string, params: readonly Param[] = []) => turn(() => ask(connection, text, { params, ms }))
  const tx = transactionHandle('postgres', run)
  const whole = startLimit(limits.uses[use].wholeMs, connection)
  try {
    await turn(() => askAll(connection, beginning(limits, use), limits.connectMs))
    const result = await Promise.race([work(tx.sql), whole.passed])
    await tx.endSound()
    await run('commit').catch((error: unknown) => {
      throw doubted(error)
    })
    giveBack(false)
    return result
  } catch (error) {
    tx.end()
    if (isSilence(error)) pool.drop('idle')
    // A connection that cannot even roll back is past saving.
    const broken = await turn(() => ask(connection, 'rollback', { ms: limits.graceMs })).then(
      () => false,
      () => true,
    )
    giveBack(broken)
    throw error
  } finally {
    whole.end()
  }
}

function beginning({ uses }: StoreLimits, use: Use): string[] {
  if (use === 'usual') return ['begin']
  const { lockMs, statementMs, idleMs } = uses[use]
  return [
    'begin',
    `set local lock_timeout = ${lockMs}`,
    `set local statement_timeout = ${statementMs}`,
    `set local idle_in_transaction_session_timeout = ${idleMs}`,
  ]
}

/** Ends a transaction as a whole, also one whose work waits for something else than the database. */
function startLimit(ms: number, connection: Connection) {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StoreError(`a transaction took longer than ${ms / 1_000} s`, { failure: 'unavailable' }))
      connection.destroy()
    }, ms)
  })
  passed.catch(() => undefined)
  return { passed, end: () => clearTimeout(timer) }
}

async function assertDurable(url: string, limits: StoreLimits): Promise<void> {
  const found = await readDurability(url, limits)
  if (found?.['fsync'] !== 'on') throw new Error('PostgreSQL runs with fsync off: an acknowledged event could be lost')
  const commits = String(found['synchronous_commit'])
  if (!['on', 'remote_apply'].includes(commits))
    throw new Error(`PostgreSQL has synchronous_commit ${commits}: an acknowledged event could be lost`)
  if (found['in_recovery'] === 1) throw new Error('PostgreSQL is in recovery (a standby): it takes no writes')
}

/**
 * Asks on a connection of its own: settings of the database or the role reach new sessions only, so an old one of the
 * pool would not know yet.
 */
async function readDurability(url: string, limits: StoreLimits): Promise<Row | undefined> {
  const connection = new Connection(connectionConfig(url, limits))
  try {
    await connect(connection, limits.connectMs)
    const [found] = await ask(
      connection,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
              pg_is_in_recovery() as in_recovery`,
      { ms: limits.connectMs },
    )
    return found
  } finally {
    connection.destroy()
  }
}
