import { Socket } from 'node:net'
import { Client, type ClientConfig, DatabaseError } from 'pg'
import { messageOf } from '../../domain/thrown.ts'
import { type Param, type Row } from './database.ts'
import { nameOf, type StoreFailure, StoreError } from './errors.ts'
import { type StoreLimits } from './limits.ts'
import { assertParams } from './params.ts'

/** How a connection of ours is made; the server's limits are those of the usual use. */
export function connectionConfig(url: string, { connectMs, uses: { usual } }: StoreLimits): ClientConfig {
  return {
    connectionString: url,
    application_name: 'consent-relay',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    statement_timeout: usual.statementMs,
    lock_timeout: usual.lockMs,
    idle_in_transaction_session_timeout: usual.idleMs,
    types: { getTypeParser: (oid: number) => PARSERS.get(oid) ?? String },
  }
}

/** A connection that can be thrown away without a word to the server: its socket is ours. */
export class Connection extends Client {
  readonly #socket: Socket

  constructor(config: ClientConfig = {}) {
    const socket = new Socket()
    super({ ...config, stream: () => socket })
    this.#socket = socket
    // A connection that breaks between two statements emits 'error', which ends the process if there is no listener.
    // Its user gets the error from the next statement.
    this.on('error', () => undefined)
  }

  /** What waits for an answer on it fails at once. */
  destroy(): void {
    this.#socket.destroy()
  }
}

/** The server did not answer in time, not even that it takes longer. */
class Silence extends Error {
  override readonly name = 'Silence'
}

/** Whether an error of the store means that the server said nothing, rather than no. */
export const isSilence = (error: unknown): boolean => error instanceof StoreError && error.cause instanceof Silence

/** Sends one statement, and throws the connection away if it is not answered within `ms`. */
export async function ask(
  connection: Connection,
  text: string,
  { params = [], ms }: { readonly params?: readonly Param[]; readonly ms: number },
): Promise<Row[]> {
  assertParams(text, params)
  // 'extended' even without parameters: the simple protocol would take several statements in one text.
  const statement = { text, values: [...params], queryMode: 'extended' }
  return (await answered(connection, { text, ms, send: () => connection.query<Row>(statement) })).rows
}

/** Sends several statements of ours, without parameters, at once. */
export async function askAll(connection: Connection, texts: readonly string[], ms: number): Promise<void> {
  const text = texts.join('; ')
  await answered(connection, { text, ms, send: () => connection.query<Row>(text) })
}

/** Connects, or throws the connection away. */
export async function connect(connection: Connection, ms: number): Promise<void> {
  await answered(connection, { text: 'connect', ms, send: () => connection.connect() })
}

type Sending<T> = { readonly text: string; readonly ms: number; readonly send: () => Promise<T> }

async function answered<T>(connection: Connection, { text, ms, send }: Sending<T>): Promise<T> {
  let isSilent = false
  const timer = setTimeout(() => {
    isSilent = true
    connection.destroy()
  }, ms)
  try {
    return await send()
  } catch (cause) {
    throw storeError(text, isSilent ? new Silence(`no answer within ${ms / 1_000} s`, { cause }) : cause)
  } finally {
    clearTimeout(timer)
  }
}

export function storeError(text: string, cause: unknown): StoreError {
  const message = messageOf(cause)
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

/** The session ended: what the server then says is no word about what it did before. */
const SESSION_OVER = /^(08|57P|58)/

/** The error of a statement that commits: without an answer, it may have been carried out. */
export function doubted(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.failure !== 'unavailable') return error
  const { cause, message } = error
  if (cause instanceof DatabaseError && !SESSION_OVER.test(cause.code ?? '')) return error
  return new StoreError(`${message}; it may be done nevertheless`, { failure: 'doubtful', cause })
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
