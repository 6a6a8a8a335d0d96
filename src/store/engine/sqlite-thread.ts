import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type Row } from './database.ts'
import { type StoreFailure, StoreError } from './errors.ts'
import { type Order, type Reply, type Request } from './sqlite-worker.ts'

/** A connection in a thread of its own. Orders are obeyed in the order they were given, without waiting in between. */
export type Thread = {
  ask(order: Order): Promise<Row[]>
  /** Aborts, with the cause, when the thread has ended by itself. */
  readonly died: AbortSignal
  /** Ends the thread once it has answered what it was asked: a statement cannot be broken off. */
  stop(): Promise<void>
}

type Waiting = { readonly resolve: (rows: Row[]) => void; readonly reject: (error: Error) => void }

// The same ending as this file: `.js` when built, `.ts` when the tests run the source.
const WORKER = new URL(`./sqlite-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url)

/** Starts a thread. When it dies, everything asked and everything asked later rejects as unavailable. */
export function startThread(script = WORKER): Thread {
  const worker = new Worker(script)
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let death: StoreError | undefined
  let stopping = false
  const died = new AbortController()

  const die = (cause: unknown) => {
    death ??= new StoreError('the database thread has ended', { failure: 'unavailable', cause })
    for (const { reject } of waiting.values()) reject(death)
    waiting.clear()
    if (!stopping) died.abort(death)
  }
  worker.on('message', (reply: Reply) => {
    settle(waiting.get(reply.id), reply)
    waiting.delete(reply.id)
  })
  worker.on('error', die)
  worker.on('exit', code => die(new Error(`exit code ${code}`)))

  const ask = (order: Order): Promise<Row[]> =>
    new Promise((resolve, reject) => {
      if (death) return reject(death)
      const request: Request = { id: ++lastId, order }
      waiting.set(request.id, { resolve, reject })
      worker.postMessage(request)
    })

  return {
    ask,
    died: died.signal,
    async stop() {
      stopping = true
      // A thread that is ended while it loads SQLite or runs a statement takes the whole process along (SIGABRT).
      await ask({ kind: 'close' }).catch(() => undefined)
      await worker.terminate()
    },
  }
}

function settle(waiting: Waiting | undefined, reply: Reply): void {
  if ('rows' in reply) return waiting?.resolve(reply.rows)
  const cause = Object.assign(new Error(reply.message), { resultCode: reply.resultCode })
  waiting?.reject(new StoreError(reply.message, { failure: failureOf(reply.resultCode), cause }))
}

// The lowest byte is the kind of failure: https://www.sqlite.org/rescode.html
const UNAVAILABLE = new Set([
  5, // busy
  7, // out of memory
  8, // read-only
  10, // I/O error
  11, // corrupt
  13, // full
  14, // cannot open
  26, // not a database
])
// A primary key, a unique constraint, a row id.
const CONFLICT = new Set([1555, 2067, 2579])

function failureOf(resultCode: number | undefined): StoreFailure | undefined {
  if (resultCode === undefined) return undefined
  if (CONFLICT.has(resultCode)) return 'conflict'
  return UNAVAILABLE.has(resultCode & 0xff) ? 'unavailable' : undefined
}
