import { hash } from 'node:crypto'
import { sentSteps, type ReadBody } from '../../didomi/sent.ts'
import { type Fault } from '../../didomi/shape.ts'
import { faultIn, type Reading } from '../../didomi/webhook.ts'
import { heardAt, type Family } from '../../domain/fact.ts'
import { Problem } from '../../domain/problem.ts'
import { type Telemetry, type RecordKind } from '../../telemetry.ts'
import { owe } from '../../store/debts/deliveries.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { isPassing } from '../../store/engine/errors.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type StoredFact } from '../../store/ledger/facts.ts'
import { countRepeats, keepArrivals, type Arrival } from '../../store/ledger/inbox.ts'
import { addTallies, tallyFolds } from '../../store/ledger/tallies.ts'
import { type KeyedHash } from '../../store/settings/erasure-key.ts'
import { type Durability } from './durability.ts'
import { forgetErased } from './erased-again.ts'
import { createGroup } from './group.ts'
import { inSlices } from './in-slices.ts'
import { sifted, suppressedIn } from './suppression.ts'
import { takeIn } from './take-in.ts'
import { tallyOf, type Count } from './tally.ts'

/** One body on its way to the disk. */
type Arriving = {
  readonly id: string
  readonly sourceId: string
  readonly fingerprint: string
  /** Corrected by `clockOff` (R31). */
  readonly receivedAt: number
  readonly clockOff: number
  readonly raw: Uint8Array
  readonly readings: readonly Reading[]
  readonly faults: readonly Fault[]
}

export type Received = { readonly inboxId: string; readonly repeated: boolean }

type SentBody = {
  readonly sourceId: string
  readonly bytes: Uint8Array
  /** Its `Content-Encoding`, empty when it has none. */
  readonly contentEncoding: string
}

export type Ingest = {
  /** R2: resolves when the body, its facts and debts are on disk (I1). Refuses overload, and what is over 1 MiB. */
  receive(body: SentBody): Promise<Received>
  /** Resolves when nothing waits to be written. */
  idle(): Promise<void>
}

type IngestDeps = {
  readonly db: Database
  readonly clock: () => number
  /** R31: by how much `clock` is known to be behind the right time. */
  readonly clockOff: () => number
  readonly newId: NewId
  /** By which erased ids are known (R34). */
  readonly keyedHash: KeyedHash
  readonly telemetry: Telemetry
  /** Says no while the store could lose what it acknowledges, and hears of every commit. */
  readonly durability: Pick<Durability, 'isSure' | 'committed'>
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

/** What is read of 1 MiB can be seventeen times as much as a text, and the texts of a group become one. */
const MOST_IN_GROUP = { items: 500, weight: 8 * 1024 * 1024, weigh: ({ raw }: Arriving) => raw.byteLength }
const MOST_WAITING = 20_000
const MOST_WAITING_BYTES = 256 * 1024 * 1024

export function createIngest({ db, newId, keyedHash, telemetry, durability, onOwed, ...time }: IngestDeps): Ingest {
  let waitingBytes = 0
  const reading = new Set<Promise<ReadBody>>()
  const group = createGroup<Arriving, Received>(async arriving => {
    const { results, owing, records } = await db
      .transaction(tx => store(tx, arriving, { newId, keyedHash }), 'intake')
      .catch((error: unknown) => {
        telemetry.stepFailed('ingest', error)
        throw error
      })
    durability.committed()
    if (owing.length > 0) onOwed(owing)
    records.forEach(each => telemetry.received(each))
    arriving.forEach(body => reportFaults(body, telemetry))
    return results
  }, MOST_IN_GROUP)

  async function read(sent: Parameters<typeof sentSteps>[0]): Promise<ReadBody> {
    const read = inSlices(sentSteps(sent))
    reading.add(read)
    try {
      return await read
    } finally {
      reading.delete(read)
    }
  }

  async function keep({ sourceId, bytes, contentEncoding }: SentBody): Promise<Received> {
    const receipt = receiptOf(time)
    const body = await read({ bytes, contentEncoding, ...receipt })
    if (body.decoded === 'too_large') throw new Problem('payload_too_large', 'the body is larger than 1 MiB decoded')
    const { raw, readings } = body
    const fingerprint = fingerprintOf(body, contentEncoding)
    const faults = readings.flatMap(faultIn)
    waitingBytes += raw.byteLength
    try {
      return await group.add({ ...receipt, id: newId('inb'), sourceId, fingerprint, raw, readings, faults })
    } catch (error) {
      if (!isPassing(error)) throw error
      // It may have been kept all the same; the sender's repeat is then known as one.
      throw new Problem('store_unavailable', 'the store cannot write at the moment')
    } finally {
      waitingBytes -= raw.byteLength
    }
  }

  return {
    async receive(body) {
      if (!durability.isSure()) throw new Problem('store_unavailable', 'the store could lose what it is given')
      if (group.size >= MOST_WAITING || waitingBytes + body.bytes.byteLength > MOST_WAITING_BYTES)
        throw new Problem('overloaded', 'more is waiting to be written than this instance can hold')
      waitingBytes += body.bytes.byteLength
      try {
        return await keep(body)
      } finally {
        waitingBytes -= body.bytes.byteLength
      }
    },
    async idle() {
      while (reading.size > 0) await Promise.allSettled(reading)
      await group.idle()
    },
  }
}

/** R10: when a body comes in, by the best known time. */
function receiptOf({ clock, clockOff }: Pick<IngestDeps, 'clock' | 'clockOff'>) {
  const off = clockOff()
  return { receivedAt: clock() + Math.max(0, off), clockOff: off }
}

/**
 * Of what the sender wrote, so that a repeat in another encoding is a repeat. The same bytes under another encoding may
 * be what its sender put right, so one that could not be decoded is a repeat only under the same.
 */
const fingerprintOf = ({ raw, decoded }: ReadBody, contentEncoding: string): string =>
  decoded === 'decoded'
    ? hash('sha256', raw)
    : hash('sha256', Buffer.concat([Buffer.from(`${contentEncoding}\n`), raw]))

function reportFaults({ id, sourceId, faults }: Arriving, telemetry: Telemetry): void {
  if (faults.length > 0) telemetry.quarantined({ sourceId, inboxId: id, faults: faults.length })
}

type Stored = {
  readonly results: readonly Received[]
  readonly owing: readonly string[]
  readonly records: readonly Parameters<Telemetry['received']>[0][]
}

type StoreDeps = Pick<IngestDeps, 'newId' | 'keyedHash'>

async function store(tx: Sql, arriving: readonly Arriving[], { newId, keyedHash }: StoreDeps): Promise<Stored> {
  const firsts = [...new Map([...arriving].reverse().map(body => [bodyKey(body), body])).values()].reverse()
  // In this order: on PostgreSQL an erasure that has just ended was waited for, and is seen.
  const [kept, suppressed] = await Promise.all([
    keepArrivals(tx, firsts.map(arrivalOf)),
    suppressedIn(tx, keyedHash, arriving.flatMap(aboutIn)),
  ])
  const fresh = arriving.filter(({ id }) => kept.has(id))
  const repeats = arriving.filter(({ id }) => !kept.has(id))
  const read = fresh.flatMap(body => factsIn(body, newId))
  const { kept: facts, hidden, cut } = sifted(read, keyedHash, suppressed)
  const at = arriving[0] ? heardAt(arriving[0]) : 0
  const [, { appended, feeds, owed, adopted }] = await Promise.all([countRepeats(tx, repeats), takeIn(tx, facts, at)])
  const again = facts.filter(({ fact }) => !appended.has(fact.id))
  if (again.length + cut.length > 0) await forgetErased(tx, fresh, { repeats: again, hidden: cut })
  const tallies = tallyOf({ fresh, repeats, facts, appended, hidden })
  const [, owing] = await Promise.all([addTallies(tx, [...tallies, ...adopted]), owe(tx, owed)])
  return {
    results: arriving.map(({ id }) => ({ inboxId: id, repeated: !kept.has(id) })),
    owing,
    records: tallies.map(tally => ({ sourceId: tally.sourceId, kind: recordKind(tally, feeds), records: tally.n })),
  }
}

/** R7, I16: the family that a source folds is what counts; the other one is evidence. */
export function recordKind({ kind, family, sourceId }: Count, feeds: ReadonlyMap<string, Family>): RecordKind {
  if (kind !== 'stated' && kind !== 'deletion') return kind
  return tallyFolds({ kind, family }, feeds.get(sourceId)) ? 'folded' : 'evidence'
}

const bodyKey = ({ sourceId, fingerprint }: Arriving): string => `${sourceId} ${fingerprint}`

const arrivalOf = ({ readings, clockOff: _, ...body }: Arriving): Arrival => ({ ...body, records: readings.length })

const aboutIn = ({ sourceId, readings }: Arriving) =>
  readings.flatMap(reading => (reading.kind === 'fact' ? [{ ...reading.fact, sourceId }] : []))

const factsIn = ({ id, sourceId, readings, clockOff }: Arriving, newId: NewId): StoredFact[] =>
  readings.flatMap(reading => {
    if (reading.kind !== 'fact') return []
    const { key, names } = reading.fact
    return [
      {
        fact: { ...reading.fact, id: newId('fct'), ...(clockOff === 0 ? {} : { clockOff }) },
        sourceId,
        inboxId: id,
        key,
        person: names,
      },
    ]
  })
