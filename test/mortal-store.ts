import { setMaxListeners } from 'node:events'
import { type Database, type Sql } from '../src/store/engine/database.ts'
import { StoreError } from '../src/store/engine/errors.ts'
import { isRead } from '../src/store/engine/sqlite-text.ts'

/** What happens once, at the n-th statement, before the n-th commit, or when that is done and nobody knows yet. */
export type StoreFault = {
  /** The process ends there, or what it asked of the store fails. */
  readonly what: 'ends' | 'fails'
  readonly when: 'statement' | 'commit' | 'answer'
  readonly nth: number
}

/** One process on the store: from its end on, nothing it does reaches the store, and nothing it asked is answered. */
export type Life = {
  around(db: Database): Database
  /** Faults come from now on. */
  isUp(): void
  readonly ended: Promise<void>
  /** Aborts at the end, for those who wait for an answer of the process. */
  readonly signal: AbortSignal
  /** Rolls back what was under way and lets go of the store, as the end of a real process does. */
  letsGo(): Promise<void>
}

/** A store that fails, or whose process ends, where it is told to. */
export function createMortality() {
  let fault: StoreFault | undefined
  let passed = 0
  let intakes = 0

  function comes(when: StoreFault['when']): StoreFault['what'] | undefined {
    if (fault?.when !== when || ++passed < fault.nth) return undefined
    const { what } = fault
    fault = undefined
    return what
  }

  function live(): Life {
    const end = new AbortController()
    const { signal } = end
    // Thousands of requests at once listen to it, and each more than 1,500 would print a warning.
    setMaxListeners(0, signal)
    const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    const opened: Database[] = []
    let isUp = false
    const noMore = (): boolean => signal.aborted

    function passes(when: StoreFault['when']): void {
      const what = isUp && !noMore() ? comes(when) : undefined
      if (what === 'ends') end.abort()
      if (noMore()) throw new StoreError('the process has ended')
      if (what === 'fails')
        throw new StoreError(`the ${when} fails`, { failure: when === 'answer' ? 'doubtful' : 'unavailable' })
    }

    async function answered<T>(work: () => Promise<T>): Promise<T> {
      try {
        if (!noMore()) {
          const result = await work()
          if (!noMore()) return result
        }
      } catch (error) {
        if (!noMore()) throw error
      }
      // A new one each time: one for all would keep whoever ever waited for it.
      return new Promise<never>(() => undefined)
    }

    async function transaction<T>(db: Database, ...[work, use]: Parameters<typeof db.transaction<T>>): Promise<T> {
      const result = await db.transaction(async tx => {
        const failures: unknown[] = []
        const query: Sql['query'] = (text, params) =>
          answered(async () => {
            try {
              passes('statement')
              return await tx.query(text, params)
            } catch (error) {
              failures.push(error)
              throw error
            }
          })
        const done = await Promise.race([work({ dialect: tx.dialect, query }), ended])
        // A transaction with a failed statement fails, whoever caught that.
        if (failures.length > 0) throw failures[0]
        passes('commit')
        return done as T
      }, use)
      if (use === 'intake') intakes += 1
      passes('answer')
      return result
    }

    return {
      around(db) {
        opened.push(db)
        return {
          ...db,
          query: (text, params) =>
            answered(async () => {
              passes('statement')
              if (isRead(text)) return db.query(text, params)
              passes('commit')
              const rows = await db.query(text, params)
              passes('answer')
              return rows as never
            }),
          transaction: (work, use) => answered(() => transaction(db, work, use)),
          assertDurable: () => answered(() => db.assertDurable()),
          reconnect: () => (noMore() ? undefined : db.reconnect()),
          close: () => (noMore() ? Promise.resolve() : db.close()),
        }
      },
      isUp: () => void (isUp = true),
      ended,
      signal,
      letsGo: async () => void (await Promise.all(opened.map(db => db.close()))),
    }
  }

  return {
    live,
    /** From now on it is counted, and the fault before it does not come any more. */
    arms(next: StoreFault | undefined): void {
      fault = next
      passed = 0
    },
    /** How many times webhooks were put on disk, whether or not anybody was told. */
    intakes: () => intakes,
  }
}
