import { manualClock } from '../simulator/clock.ts'
import { type After } from '../src/mailchimp/client.ts'
import { type Database, type Row, type Sql } from '../src/store/engine/database.ts'

/**
 * Everything of a world runs in this process, so a request on its way moves on within a few turns of the event loop.
 * After so many turns without news, what still waits for Mailchimp waits for time to pass.
 */
const QUIET_TURNS = 50

/** The one clock of a world: the app's, the simulator's, and the one that times Mailchimp's answers. */
export function createWorldClock(start: number) {
  const clock = manualClock(start)
  /** The numbers of the requests to Mailchimp that are under way. */
  const asked = new Set<number>()
  let count = 0
  let writing = 0
  let databaseOff = 0
  let changes = 0
  let listeners: readonly (() => void)[] = []

  function tell(): void {
    changes += 1
    const all = listeners
    listeners = []
    all.forEach(listen => listen())
  }
  const news = () => new Promise<void>(resolve => (listeners = [...listeners, resolve]))

  async function watched<T>(work: () => Promise<T>): Promise<T> {
    writing += 1
    tell()
    try {
      return await work()
    } finally {
      writing -= 1
      tell()
    }
  }

  const timed = (sql: Sql): Pick<Sql, 'query'> => ({
    async query<R extends Row>(text: string, params: Parameters<Sql['query']>[1] = []) {
      const rows = await sql.query<R>(text, params)
      return /\bas named\b/.test(text) ? rows.map(row => ({ ...row, named: clock.now() + databaseOff })) : rows
    },
  })

  /** Nothing is heard for a while: only time can bring an answer. */
  async function staysQuiet(): Promise<boolean> {
    const before = changes
    for (let turn = 0; turn < QUIET_TURNS; turn++) {
      await new Promise(resolve => setImmediate(resolve))
      if (changes !== before) return false
    }
    return true
  }

  return {
    now: clock.now,
    simulators: clock,
    nextAt: clock.nextAt,
    set: clock.set,

    /** For the client: a request is under way from here until its time-out is called off or comes. */
    after: ((ms, task) => {
      const number = ++count
      asked.add(number)
      tell()
      const end = (): void => {
        asked.delete(number)
        tell()
      }
      const cancel = clock.after(ms, () => {
        end()
        task()
      })
      return () => {
        cancel()
        end()
      }
    }) satisfies After,

    /** A store at work is no reason to move the clock. PostgreSQL's own clock is this one, too. */
    watch: (db: Database): Database => ({
      ...db,
      query: (text, params) => watched(() => timed(db).query(text, params)),
      transaction: (work, use) => watched(() => db.transaction(tx => work({ ...tx, ...timed(tx) }), use)),
    }),

    /** The clock of the database is ahead from now on, or behind. */
    setDatabase: (ms: number): void => void (databaseOff = ms),

    /** How many requests there have been so far. */
    asked: () => count,

    /** Waits for `work`; false when it waits for Mailchimp (for a request after the first `since`), and that for time. */
    async ends(work: Promise<unknown>, since = 0): Promise<boolean> {
      let ended = false
      const end = (): void => {
        ended = true
        tell()
      }
      work.then(end, end)
      while (!ended) {
        const waits = [...asked].some(number => number > since)
        if (!waits || writing > 0) await news()
        else if (await staysQuiet()) return false
      }
      await work
      return true
    },
  }
}
