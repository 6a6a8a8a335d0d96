import { readKept } from '../../didomi/sent.ts'
import { setApartIn, type SetApart } from '../../didomi/set-apart.ts'
import { type Fault } from '../../didomi/shape.ts'
import { faultIn, type Reading } from '../../didomi/webhook.ts'
import { Problem } from '../../domain/problem.ts'
import { type RecordKind, type Telemetry } from '../../telemetry.ts'
import { owe } from '../../store/debts/deliveries.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type StoredFact } from '../../store/ledger/facts.ts'
import { rewriteBody, type KeptBody } from '../../store/ledger/bodies.ts'
import { expirePassedBody, lockBody } from '../../store/ledger/quarantine.ts'
import { addTallies } from '../../store/ledger/tallies.ts'
import { type KeyedHash } from '../../store/settings/erasure-key.ts'
import { readRetention } from '../../store/settings/retention.ts'
import { audited, type Actor } from '../audited.ts'
import { existing } from '../existing.ts'
import { forgetErased } from './erased-again.ts'
import { recordKind } from './ingest.ts'
import { sifted, suppressedIn } from './suppression.ts'
import { takeIn } from './take-in.ts'
import { countOf, erasedIn, tallyOfMoved, tallyOfReread, type Count } from './tally.ts'

type RereadDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  /** By which erased ids are known (R34). */
  readonly keyedHash: KeyedHash
  readonly telemetry: Telemetry
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

/** Where the records that were set apart are counted now; still unread ones in `quarantined`. */
type Became = { readonly [Kind in Exclude<RecordKind, 'expired'>]: number }

type Reread = {
  readonly id: string
  readonly sourceId: string
  readonly records: Became
  readonly faults: readonly Fault[]
  readonly owing: readonly string[]
}

/**
 * R2: reads what was set apart of a body with the present reader, as of its receipt. What can be read now becomes
 * facts and debts, and leaves the count of the quarantine (I16). Doing it again changes nothing.
 */
export async function rereadBody(
  deps: RereadDeps,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<Reread> {
  const { db, telemetry, onOwed } = deps
  const { reread, done } = await db.transaction(async tx => {
    const body = existing(await lockBody(tx, id), `body ${id}`)
    if (body.faults.length > 0) return { reread: await readAgain(tx, deps, { body, actor }), done: true }
    if (body.raw.byteLength === 0)
      throw new Problem('wrong_state', 'the body is no longer kept: it expired, or all of it was erased')
    return { reread: { id, sourceId: body.sourceId, records: NOTHING, faults: [], owing: [] }, done: false }
  })
  if (reread.owing.length > 0) onOwed(reread.owing)
  if (done) telemetry.reread({ sourceId: reread.sourceId, inboxId: id, ...sumsOf(reread.records) })
  return reread
}

const NOTHING: Became = { folded: 0, evidence: 0, ignored: 0, anonymous: 0, duplicate: 0, erased: 0, quarantined: 0 }

const sumsOf = ({ quarantined: setApart, ...read }: Became) => ({
  read: Object.values(read).reduce((sum, n) => sum + n, 0),
  setApart,
})

type ReadAgainRequest = { readonly body: KeptBody; readonly actor: Actor }

async function readAgain(tx: Sql, deps: RereadDeps, { body, actor }: ReadAgainRequest): Promise<Reread> {
  const { id, sourceId } = body
  const { raw, readings } = readKept(body)
  const { records, counted, unplaced } = setApartIn(readings, body.faults)
  const told = records.map(each => ({ ...each, stored: factIn(each, body, deps.newId) }))
  const read = told.flatMap(({ stored }) => stored ?? [])
  const about = read.map(({ fact }) => ({ ...fact, sourceId }))
  const suppressed = await suppressedIn(tx, deps.keyedHash, about)
  const { kept: facts, hidden, cut } = sifted(read, deps.keyedHash, suppressed)
  const { appended, feeds, owed, adopted } = await takeIn(tx, facts, deps.clock())
  const today = told.map(each => ({
    ...each,
    count: countToday(each, { sourceId, appended, hidden: new Set(hidden) }),
  }))
  const counts = today.filter(({ partly }) => !partly).map(({ count }) => count)
  const revived = today.filter(each => each.partly && each.stored && appended.has(each.stored.fact.id))
  await addTallies(tx, [
    ...tallyOfReread({ sourceId, counted, today: counts }),
    ...tallyOfMoved(revived.map(({ count }) => ({ from: { sourceId, kind: 'expired', family: '' }, to: count }))),
    ...adopted,
  ])
  // Counts before debts, as ingest writes them: in another order PostgreSQL would find them waiting for each other.
  const owing = await owe(tx, owed)
  const faults = [...unplaced, ...records.flatMap(({ reading }) => faultIn(reading))]
  await rewriteBody(tx, { id, raw, faults })
  await clearAway(tx, {
    body: { ...body, raw, readings, faults },
    repeats: facts.filter(({ fact }) => !appended.has(fact.id)),
    hidden: cut,
  })
  await audited(tx, deps, { actor, action: 'quarantine.reread', subject: id })
  return { id, sourceId, records: becomeOf(today, feeds), faults, owing }
}

function factIn({ reading }: SetApart, { id, sourceId }: KeptBody, newId: NewId): StoredFact | undefined {
  if (reading.kind !== 'fact') return undefined
  const { key, names } = reading.fact
  return { fact: { ...reading.fact, id: newId('fct') }, sourceId, inboxId: id, key, person: names }
}

type CountedRecord = SetApart & { readonly stored: StoredFact | undefined }

function countToday(
  { reading, stored }: CountedRecord,
  known: { sourceId: string; appended: ReadonlySet<string>; hidden: ReadonlySet<StoredFact> },
): Count {
  if (stored && known.hidden.has(stored)) return erasedIn(known.sourceId)
  if (stored) return countOf(stored, known.appended)
  return { sourceId: known.sourceId, kind: reading.kind === 'ignored' ? 'ignored' : 'quarantined', family: '' }
}

/** A record that is still withheld in part, as it was, is no better off than one that is not read at all. */
function becomeOf(
  today: readonly (CountedRecord & { count: Count })[],
  feeds: Parameters<typeof recordKind>[1],
): Became {
  const kinds = today.map(({ partly, reading, count }) =>
    partly && faultIn(reading).length > 0 ? 'quarantined' : recordKind(count, feeds),
  )
  const of = (kind: RecordKind): number => kinds.filter(each => each === kind).length
  return {
    folded: of('folded'),
    evidence: of('evidence'),
    ignored: of('ignored'),
    anonymous: of('anonymous'),
    duplicate: of('duplicate'),
    erased: of('erased'),
    quarantined: of('quarantined'),
  }
}

type BodyRead = KeptBody & { readonly readings: readonly Reading[] }

type Clearing = Parameters<typeof forgetErased>[2] & { readonly body: BodyRead }

/** What was erased once does not stay in this body, and a body that leaves the quarantine expires like any other. */
async function clearAway(tx: Sql, { body, ...erased }: Clearing): Promise<void> {
  await forgetErased(tx, [body], erased)
  const { bodiesDone } = await readRetention(tx)
  await expirePassedBody(tx, { id: body.id, bodiesDone })
}
