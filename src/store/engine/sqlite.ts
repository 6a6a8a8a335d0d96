import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Database, type Param, type Row, type Sql } from './database.ts'
import { nameOf, StoreError } from './errors.ts'
import { assertParams } from './params.ts'
import { isRead } from './sqlite-text.ts'
import { startThread, type Thread } from './sqlite-thread.ts'
import { type Scope } from './sqlite-worker.ts'
import { transactionHandle } from './transaction.ts'
import { takeTurns } from './turns.ts'

const IDLE_LIMIT_MS = 30_000

export type SqliteStore = {
  readonly file: string
  /** Looks at the store before anything is written to it, its log included; throws when it must not be served (R32). */
  readonly inspect?: (openReader: OpenReader) => Promise<void>
  /** Starts the thread of a connection. */
  readonly newThread?: (() => Thread) | undefined
}

/**
 * Opens the SQLite store in `file`, which it makes when missing, and holds it until `close`: no second process gets in.
 * One connection writes, a second one only reads, so a long report never keeps an event waiting.
 */
export async function openSqlite(store: SqliteStore): Promise<Database> {
  const { file, inspect = () => Promise.resolve(), newThread = startThread } = store
  await mkdir(dirname(file), { recursive: true })
  const writer = newThread()
  const reader = newThread()
  try {
    await writer.ask({ kind: 'lock', file })
    await inspect(() => openReaderIn(reader, file))
    // Personal data: no other user of the machine may read it. SQLite gives its side files the mode of this one.
    await writeFile(file, '', { flag: 'wx', mode: 0o600 }).catch(() => undefined)
    await writer.ask({ kind: 'open', file, role: 'writer' })
    await reader.ask({ kind: 'open', file, role: 'reader' })
  } catch (error) {
    await Promise.all([writer.stop(), reader.stop()])
    throw error
  }
  return sqliteDatabase(writer, reader)
}

type SqliteReader = { readonly query: Sql['query']; readonly dialect: Sql['dialect']; close(): Promise<void> }

export type OpenReader = () => Promise<SqliteReader>

/** A connection of its own that writes nothing, not even what the log holds into the file. */
export async function openSqliteReader(file: string): Promise<SqliteReader> {
  const thread = startThread()
  try {
    return { ...(await openReaderIn(thread, file)), close: () => thread.stop() }
  } catch (error) {
    await thread.stop()
    throw error
  }
}

/** The thread is free for another connection after its `close`. */
async function openReaderIn(thread: Thread, file: string): Promise<SqliteReader> {
  await thread.ask({ kind: 'open', file, role: 'reader' })
  return {
    dialect: 'sqlite',
    async query<R extends Row>(text: string, params: readonly Param[] = []) {
      return (await run(thread, { text, params, scope: 'alone' })) as R[]
    },
    async close() {
      await thread.ask({ kind: 'close' }).catch(() => undefined)
    },
  }
}

function sqliteDatabase(writer: Thread, reader: Thread): Database {
  // A stray write that lands inside another caller's transaction would be acknowledged to its own caller, and lost when
  // that other one rolls back.
  const turn = takeTurns()
  let closing: Promise<void> | undefined

  const write = async (text: string, params: readonly Param[]) => {
    // The thread obeys in order, so the turn may end when the order is given; only the caller waits for the answer.
    const { answer } = await turn(() => Promise.resolve({ answer: run(writer, { text, params, scope: 'alone' }) }))
    return answer
  }
  const query = async <R extends Row>(text: string, params: readonly Param[] = []): Promise<R[]> => {
    if (closing) throw closed()
    assertParams(text, params)
    const rows = isRead(text) ? run(reader, { text, params, scope: 'alone' }) : write(text, params)
    return (await rows) as R[]
  }
  return {
    dialect: 'sqlite',
    query,
    async transaction(work) {
      if (closing) throw closed()
      const { result, committed } = await turn(() => runTransaction(writer, work))
      await committed
      return result
    },
    assertDurable: () => assertDurable(query),
    reconnect: () => undefined,
    gone: AbortSignal.any([writer.died, reader.died]),
    close: () => (closing ??= turn(() => close(writer, reader))),
  }
}

type Statement = { readonly text: string; readonly params: readonly Param[]; readonly scope: Scope }

function run(thread: Thread, { text, params, scope }: Statement): Promise<Row[]> {
  return named(text, thread.ask({ kind: 'run', text, params: params.map(sendable), scope }))
}

async function named<T>(text: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new StoreError(`${nameOf(text)}: ${error.message}`, { failure: error.failure, cause: error.cause })
  }
}

/** A small Buffer is a window on a big shared one, and a message would carry all of that. */
function sendable(param: Param): Param {
  return param instanceof Uint8Array && param.byteLength < param.buffer.byteLength ? new Uint8Array(param) : param
}

type Committing<T> = { readonly result: T; readonly committed: Promise<unknown> }

async function runTransaction<T>(writer: Thread, work: (tx: Sql) => Promise<T>): Promise<Committing<T>> {
  const idle = watchIdle()
  const state: { scope: Scope } = { scope: 'first' }
  const tx = transactionHandle('sqlite', async (text, params) => {
    assertParams(text, params)
    const answer = run(writer, { text, params, scope: state.scope })
    state.scope = 'inside'
    return idle.during(answer)
  })
  try {
    const result = await Promise.race([work(tx.sql), idle.tooLong])
    await tx.endSound()
    const begun = state.scope === 'inside'
    return { result, committed: begun ? named('commit', writer.ask({ kind: 'commit' })) : Promise.resolve() }
  } catch (error) {
    tx.end()
    // Only a dead thread cannot roll back, and that has nothing open any more.
    await writer.ask({ kind: 'rollback' }).catch(() => undefined)
    throw error
  } finally {
    idle.stop()
  }
}

/**
 * Ends a transaction that does nothing for long, as PostgreSQL does: one whose work waits for the database instead of
 * for its own handle would otherwise hold the only writer for ever.
 */
function watchIdle() {
  let running = 0
  let giveUp: (reason: Error) => void
  const tooLong = new Promise<never>((_, reject) => (giveUp = reject))
  tooLong.catch(() => undefined)
  const timer = setTimeout(() => {
    if (running > 0) timer.refresh()
    else giveUp(new StoreError(`a transaction did nothing for ${IDLE_LIMIT_MS / 1000} s and was rolled back`))
  }, IDLE_LIMIT_MS)
  return {
    tooLong,
    during<T>(answer: Promise<T>): Promise<T> {
      running++
      return answer.finally(() => {
        running--
        timer.refresh()
      })
    },
    stop: () => clearTimeout(timer),
  }
}

async function assertDurable(query: Sql['query']): Promise<void> {
  const [journal] = await query<{ journal_mode: string }>('pragma journal_mode')
  const [sync] = await query<{ synchronous: number }>('pragma synchronous')
  if (journal?.journal_mode !== 'wal') throw new Error(`SQLite journal_mode is ${journal?.journal_mode}, not wal`)
  const level = sync?.synchronous ?? 0
  if (level < 2) throw new Error(`SQLite synchronous is ${level}, not full (2): an acknowledged event could be lost`)
}

async function close(writer: Thread, reader: Thread): Promise<void> {
  try {
    // The reader first: the last connection to close is the one that can empty the write-ahead log.
    await reader.ask({ kind: 'close' })
    await writer.ask({ kind: 'close' })
  } finally {
    await Promise.all([reader.stop(), writer.stop()])
  }
}

function closed(): StoreError {
  return new StoreError('the database is closed', { failure: 'unavailable' })
}
