import { hash } from 'node:crypto'
import { readSent, type ReadBody } from '../../didomi/sent.ts'
import { faultIn, type Reading } from '../../didomi/webhook.ts'
import { mayWithdraw, type Family } from '../../domain/fact.ts'
import { Problem } from '../../domain/problem.ts'
import { type Telemetry, type RecordKind } from '../../telemetry.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { owe, PRIORITY, type Owed } from '../../store/debts/deliveries.ts'
import { adoptDeletions, appendFacts, type StoredFact } from '../../store/ledger/facts.ts'
import { storeFailure } from '../../store/engine/errors.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { countRepeats, keepArrivals, type Arrival } from '../../store/ledger/inbox.ts'
import { personKey } from '../../store/ledger/source-person.ts'
import { feedsOf, fixFeeds } from '../../store/settings/sources.ts'
import { addTallies, tallyFolds } from '../../store/ledger/tallies.ts'
import { forgetErased } from './erased-again.ts'
import { createGroup } from './group.ts'
import { tallyOf, type Count } from './tally.ts'
import { folds } from '../../domain/standing.ts'

/** One body on its way to the disk. */
type Arriving = {
  readonly id: string
  readonly sourceId: string
  readonly fingerprint: string
  readonly receivedAt: number
  readonly raw: Uint8Array
  readonly readings: readonly Reading[]
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
  readonly newId: NewId
  readonly telemetry: Telemetry
  /** False while the store could lose what it acknowledges. */
  readonly mayWrite: () => boolean
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

const MOST_IN_GROUP = 500
const MOST_WAITING = 20_000
const MOST_WAITING_BYTES = 256 * 1024 * 1024

export function createIngest({ db, clock, newId, telemetry, mayWrite, onOwed }: IngestDeps): Ingest {
  let waitingBytes = 0
  const group = createGroup<Arriving, Received>(async arriving => {
    const { results, owing, records } = await db
      .transaction(tx => store(tx, arriving, newId))
      .catch((error: unknown) => {
        telemetry.stepFailed('ingest', error)
        throw error
      })
    if (owing.length > 0) onOwed(owing)
    records.forEach(each => telemetry.received(each))
    arriving.forEach(body => reportFaults(body, telemetry))
    return results
  }, MOST_IN_GROUP)

  return {
    async receive({ sourceId, bytes, contentEncoding }) {
      if (!mayWrite()) throw new Problem('store_unavailable', 'the store could lose what it is given')
      if (group.size >= MOST_WAITING || waitingBytes + bytes.byteLength > MOST_WAITING_BYTES)
        throw new Problem('overloaded', 'more is waiting to be written than this instance can hold')
      const receivedAt = clock()
      const read = readSent({ bytes, contentEncoding, receivedAt })
      if (read.decoded === 'too_large') throw new Problem('payload_too_large', 'the body is larger than 1 MiB decoded')
      const { raw, readings } = read
      const fingerprint = fingerprintOf(read, contentEncoding)
      waitingBytes += raw.byteLength
      try {
        return await group.add({ id: newId('inb'), sourceId, fingerprint, receivedAt, raw, readings })
      } catch (error) {
        if (storeFailure(error) !== 'unavailable') throw error
        throw new Problem('store_unavailable', 'the store cannot write at the moment')
      } finally {
        waitingBytes -= raw.byteLength
      }
    },
    idle: () => group.idle(),
  }
}

/**
 * Of what the sender wrote, so that a repeat in another encoding is a repeat. The same bytes under another encoding may
 * be what its sender put right, so one that could not be decoded is a repeat only under the same.
 */
const fingerprintOf = ({ raw, decoded }: ReadBody, contentEncoding: string): string =>
  decoded === 'decoded'
    ? hash('sha256', raw)
    : hash('sha256', Buffer.concat([Buffer.from(`${contentEncoding}\n`), raw]))

function reportFaults({ id, sourceId, readings }: Arriving, telemetry: Telemetry): void {
  const faults = readings.flatMap(faultIn).length
  if (faults > 0) telemetry.quarantined({ sourceId, inboxId: id, faults })
}

type Stored = {
  readonly results: readonly Received[]
  readonly owing: readonly string[]
  readonly records: readonly Parameters<Telemetry['received']>[0][]
}

async function store(tx: Sql, arriving: readonly Arriving[], newId: NewId): Promise<Stored> {
  const firsts = [...new Map([...arriving].reverse().map(body => [bodyKey(body), body])).values()].reverse()
  const kept = await keepArrivals(tx, firsts.map(arrivalOf))
  const fresh = arriving.filter(({ id }) => kept.has(id))
  const repeats = arriving.filter(({ id }) => !kept.has(id))
  const facts = fresh.flatMap(body => factsIn(body, newId))
  // Sent together where one does not need another's answer: the store's thread waits for the next one otherwise.
  const [, appended, known, adopted] = await Promise.all([
    countRepeats(tx, repeats),
    appendFacts(tx, facts),
    feedsOf(tx, sourcesOf(facts)),
    adoptDeletions(tx, facts.map(entityOf)),
  ])
  const added = facts.filter(({ fact }) => appended.has(fact.id))
  const again = facts.filter(({ fact }) => !appended.has(fact.id))
  if (again.length > 0) await forgetErased(tx, fresh.map(withFaults), again)
  const feeds = await fixedFeeds(tx, added, known)
  const tallies = tallyOf({ fresh, repeats, facts, appended })
  const at = arriving[0]?.receivedAt ?? 0
  const owed = owedBy(added, feeds, at)
  const deletions = adopted.map(person => ({ ...person, priority: PRIORITY.withdrawal, at }))
  const [, owing] = await Promise.all([addTallies(tx, tallies), owe(tx, mostUrgent([...owed, ...deletions]))])
  return {
    results: arriving.map(({ id }) => ({ inboxId: id, repeated: !kept.has(id) })),
    owing,
    records: tallies.map(tally => ({ sourceId: tally.sourceId, kind: recordKind(tally, feeds), records: tally.n })),
  }
}

export const entityOf = ({ fact, sourceId }: StoredFact) => ({ sourceId, entityId: fact.entityId })

const sourcesOf = (facts: readonly StoredFact[]): string[] => [...new Set(facts.map(({ sourceId }) => sourceId))]

/** R7: what the sources of these facts fold, after the first of their facts has decided it. */
export async function fixedFeeds(tx: Sql, added: readonly StoredFact[], known: ReadonlyMap<string, Family>) {
  const firsts = firstFamilies(added).filter(({ sourceId }) => !known.has(sourceId))
  if (firsts.length === 0) return known
  await fixFeeds(tx, firsts)
  return feedsOf(tx, sourcesOf(added))
}

/** R7, I16: the family that a source folds is what counts; the other one is evidence. */
export function recordKind({ kind, family, sourceId }: Count, feeds: ReadonlyMap<string, Family>): RecordKind {
  if (kind !== 'stated' && kind !== 'deletion') return kind
  return tallyFolds({ kind, family }, feeds.get(sourceId)) ? 'folded' : 'evidence'
}

const withFaults = (body: Arriving) => ({ ...body, faults: body.readings.flatMap(faultIn) })

const bodyKey = ({ sourceId, fingerprint }: Arriving): string => `${sourceId} ${fingerprint}`

const arrivalOf = ({ readings, ...body }: Arriving): Arrival => ({
  ...body,
  records: readings.length,
  faults: readings.flatMap(faultIn),
})

const factsIn = ({ id, sourceId, readings }: Arriving, newId: NewId): StoredFact[] =>
  readings.flatMap(reading => {
    if (reading.kind !== 'told') return []
    const { key, person } = reading.told
    return [{ fact: { ...reading.told, id: newId('fct') }, sourceId, inboxId: id, key, person }]
  })

/** R7: the first statement of a group decides for a source that folds no family yet; a deletion decides nothing. */
function firstFamilies(facts: readonly StoredFact[]) {
  const firsts = new Map<string, Family>()
  for (const { fact, sourceId } of facts) {
    if (fact.kind !== 'deleted' && !firsts.has(sourceId)) firsts.set(sourceId, fact.family)
  }
  return [...firsts].map(([sourceId, family]) => ({ sourceId, family }))
}

/** R5, R7: who may be out of step now. The other family is evidence and owes nothing, except a user's deletion. */
export const owedBy = (facts: readonly StoredFact[], feeds: ReadonlyMap<string, Family>, at: number): Owed[] =>
  facts.flatMap(({ fact, sourceId, person }) => {
    if (person === undefined || !folds(fact, feeds.get(sourceId))) return []
    return [{ sourceId, person, priority: mayWithdraw(fact) ? PRIORITY.withdrawal : PRIORITY.live, at }]
  })

export function mostUrgent(owed: readonly Owed[]): Owed[] {
  const urgent = new Map<string, Owed>()
  for (const debt of owed) {
    const rival = urgent.get(personKey(debt))
    if (!rival || debt.priority < rival.priority) urgent.set(personKey(debt), debt)
  }
  return [...urgent.values()]
}
