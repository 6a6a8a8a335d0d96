import { messageOf } from '../../domain/thrown.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { isDamage, isPassing, StoreError } from '../../store/engine/errors.ts'
import { isRead } from '../../store/engine/sqlite-text.ts'
import { probeStore } from '../../store/settings/probe.ts'

/** Why webhooks are not taken: settings by which a commit could be lost, a commit that failed, damage that was found. */
export type StoreTrouble = 'not_durable' | 'cannot_write' | 'damaged'

/** R32: whether the store is well. It is asked at start, again while running, and by every commit. */
export type Durability = {
  /** What is acknowledged is on disk; false also for a store that is damaged and written no more. */
  isSure(): boolean
  /** Why webhooks are not taken now, if they are not. */
  trouble(): StoreTrouble | undefined
  /** Asks the settings again, and commits something. */
  check(): Promise<void>
  /** The same, if there is trouble. */
  recheck(): Promise<void>
  /** Damage was found in the store: from here on it is only read, until a new process has looked at it. */
  noteDamage(what: string): void
  /** What webhooks said is on disk. */
  committed(): void
  /** The same store, whose failures are noted. */
  watch(db: Database): Database
}

type DurabilityDeps = {
  readonly clock: () => number
  /** R31: by how much `clock` is behind the right time; it is noted with it. */
  readonly clockOff: () => number
  /** Begins a question to the database; what it returns takes the time that the database named, if it has a clock. */
  readonly askingDatabase: () => (named: number | undefined) => void
  readonly telemetry: Telemetry
}

export function createDurability({ clock, clockOff, askingDatabase, telemetry }: DurabilityDeps): Durability {
  let unsure = false
  let failing = false
  let damage: string | undefined
  let store: Database | undefined
  let checking: Promise<void> | undefined

  const trouble = (): StoreTrouble | undefined => {
    if (damage !== undefined) return 'damaged'
    return unsure ? 'not_durable' : failing ? 'cannot_write' : undefined
  }
  /** Tells when what is shown changes. */
  function change(by: () => void, why?: unknown): void {
    const before = trouble()
    by()
    const after = trouble()
    if (after === before) return
    if (after === undefined) telemetry.storeWell()
    else telemetry.storeUnwell({ trouble: after }, why)
  }
  function noteDamage(what: string): void {
    change(() => (damage ??= what), new Error(what))
  }
  function failed(error: unknown): void {
    if (isDamage(error)) noteDamage(messageOf(error))
    else if (isPassing(error)) change(() => (failing = true), error)
  }
  async function checkNow(db: Database): Promise<void> {
    try {
      await db.assertDurable()
      change(() => (unsure = false))
    } catch (error) {
      // That it does not answer says nothing about its settings; whether it can commit is tried next.
      if (!isPassing(error)) change(() => (unsure = true), error)
    }
    // Its failure is noted by `watch`.
    const at = clock()
    const heard = askingDatabase()
    await probeStore(db, { at, rightAt: at + clockOff() }).then(named => {
      heard(named)
      change(() => (failing = false))
    }, failed)
  }
  async function check(): Promise<void> {
    if (!store || damage !== undefined) return
    checking ??= checkNow(store).finally(() => (checking = undefined))
    await checking
  }

  return {
    isSure: () => !unsure && damage === undefined,
    trouble,
    check,
    recheck: () => (trouble() === undefined ? Promise.resolve() : check()),
    noteDamage,
    committed: () => change(() => (failing = false)),
    watch: db => (store = watched(db, { failed, damage: () => damage, suspect: () => void check() })),
  }
}

type Watch = {
  failed(error: unknown): void
  damage(): string | undefined
  /** Something could not be read; whether anything can be written is to be found out. */
  suspect(): void
}

function watched(db: Database, { failed, damage, suspect }: Watch): Database {
  function assertWritten(): void {
    if (damage() !== undefined) throw new StoreError('the store is damaged and only read', { failure: 'unavailable' })
  }
  const query: Sql['query'] = async (text, params) => {
    const reads = isRead(text)
    if (!reads) assertWritten()
    try {
      return await db.query(text, params)
    } catch (error) {
      if (!reads || isDamage(error)) failed(error)
      else if (isPassing(error)) suspect()
      throw error
    }
  }
  return {
    ...db,
    query,
    async transaction(work, use) {
      assertWritten()
      try {
        return await db.transaction(work, use)
      } catch (error) {
        failed(error)
        throw error
      }
    },
  }
}
