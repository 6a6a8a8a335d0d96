import { parentPort } from 'node:worker_threads'
import { type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite'
import { messageOf } from '../../domain/thrown.ts'
import { type Param, type Row } from './database.ts'
import { loadSqlite, resultCode } from './sqlite-binding.ts'
import { toSqlite } from './sqlite-text.ts'

type Role = 'writer' | 'reader'

/** `first` begins a transaction, `inside` needs one to be open, `alone` needs none to be. */
export type Scope = 'first' | 'inside' | 'alone'

export type Order =
  | { readonly kind: 'lock'; readonly file: string }
  | { readonly kind: 'open'; readonly file: string; readonly role: Role }
  | { readonly kind: 'run'; readonly text: string; readonly params: readonly Param[]; readonly scope: Scope }
  | { readonly kind: 'commit' | 'rollback' | 'close' }

export type Request = { readonly id: number; readonly order: Order }

export type Reply =
  | { readonly id: number; readonly rows: Row[] }
  | { readonly id: number; readonly message: string; readonly resultCode: number | undefined }

type Prepared = {
  readonly statement: StatementSyncInstance
  readonly parameters: number
  readonly returnsRows: boolean
}

type Connection = {
  readonly db: DatabaseSyncInstance
  readonly role: Role
  readonly prepared: Map<string, Prepared>
}

const SHARED_PRAGMAS = 'pragma busy_timeout = 5000; pragma cache_size = -65536;'
// SQLite's own 1,000 pages (4 MiB) are full after some hundred webhooks, whose indexes are random: each page would be
// written to the file again and again. A commit is as durable, only a start after a crash reads up to 16 MiB of log.
const WRITER_PRAGMAS = `pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
  pragma secure_delete = on; pragma journal_size_limit = 67108864; pragma wal_autocheckpoint = 4000;`
const MAX_PREPARED = 500

const { DatabaseSync } = await loadSqlite()
let connection: Connection | undefined
let lock: DatabaseSyncInstance | undefined

parentPort?.on('message', ({ id, order }: Request) => {
  parentPort?.postMessage(reply(id, order))
})

function reply(id: number, order: Order): Reply {
  try {
    return { id, rows: obey(order) }
  } catch (error) {
    return { id, message: messageOf(error), resultCode: resultCode(error) }
  }
}

function obey(order: Order): Row[] {
  if (order.kind === 'lock') {
    lock = takeLock(order.file)
    return []
  }
  if (order.kind === 'open') {
    connection = order.role === 'writer' ? openWriter(order.file) : openReader(order.file)
    return []
  }
  if (order.kind === 'close') {
    close(connection)
    return []
  }
  if (!connection) throw new Error('not open')
  switch (order.kind) {
    case 'run':
      enter(connection.db, order.scope)
      return run(connection, order.text, order.params)
    case 'commit':
      commit(connection.db)
      return []
    case 'rollback':
      if (connection.db.isTransaction) connection.db.exec('rollback')
      return []
  }
}

function openWriter(file: string): Connection {
  if (!lock) throw new Error('a writer needs the lock')
  const db = new DatabaseSync(file)
  db.exec(SHARED_PRAGMAS + WRITER_PRAGMAS)
  return { db, role: 'writer', prepared: new Map() }
}

function openReader(file: string): Connection {
  const db = new DatabaseSync(file, { readOnly: true })
  db.exec(SHARED_PRAGMAS)
  return { db, role: 'reader', prepared: new Map() }
}

/**
 * A second process on the same file would have its own queue of turns, so there must be none. The system gives this
 * lock back when the process ends in any way, `kill -9` too; a file that merely exists would not.
 */
function takeLock(file: string): DatabaseSyncInstance {
  const held = new DatabaseSync(`${file}.lock`)
  try {
    held.exec('begin exclusive')
    return held
  } catch (error) {
    held.close()
    if (resultCode(error) !== 5) throw error
    throw new Error(`${file} is open already; only PostgreSQL can be shared by several processes`, { cause: error })
  }
}

/**
 * SQLite rolls back by itself on some errors (disk full, I/O): without this check the rest of such a transaction
 * would be committed statement by statement.
 */
function enter(db: DatabaseSyncInstance, scope: Scope): void {
  const open = db.isTransaction
  if (open !== (scope === 'inside')) throw new Error(`a transaction is ${open ? '' : 'not '}open`)
  if (scope === 'first') db.exec('begin immediate')
}

function run(connection: Connection, text: string, params: readonly Param[]): Row[] {
  const { statement, parameters, returnsRows } = prepare(connection, text)
  if (params.length !== parameters) throw new Error(`needs ${parameters} parameters, got ${params.length}`)
  const values = params.map(bindable)
  if (returnsRows) return statement.all(...values) as Row[]
  statement.run(...values)
  // Node 22 keeps the columns that `select *` had when it was prepared.
  if (/^\s*(create|alter|drop)\b/i.test(text)) connection.prepared.clear()
  return []
}

function prepare({ db, prepared }: Connection, sql: string): Prepared {
  const known = prepared.get(sql)
  if (known) return known
  const { text, parameters } = toSqlite(sql)
  const statement = db.prepare(text)
  if (prepared.size >= MAX_PREPARED) prepared.clear()
  const fresh = { statement, parameters, returnsRows: statement.columns().length > 0 }
  prepared.set(sql, fresh)
  return fresh
}

/** `node:sqlite` binds every number as a float, and `5 / 2.0` is not `5 / 2`. */
function bindable(param: Param): Param | bigint {
  return typeof param === 'number' && Number.isSafeInteger(param) ? BigInt(param) : param
}

function commit(db: DatabaseSyncInstance): void {
  try {
    db.exec('commit')
  } catch (error) {
    // The next transaction's first statement may be waiting in the port already.
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function close(open: Connection | undefined): void {
  if (open?.role === 'writer') open.db.exec('pragma wal_checkpoint(truncate)')
  open?.db.close()
  connection = undefined
  lock?.close()
  lock = undefined
}
