import { obstacleTo, OBSTACLES } from '../../domain/erasure.ts'
import { personOf } from '../../domain/person.ts'
import { Problem } from '../../domain/problem.ts'
import { subscriberHash } from '../../mailchimp/address.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import {
  debtsBeforeErasing,
  eraseAttempts,
  eraseDeliveries,
  eraseFacts,
  holdOffWriters,
  isOwingEveryone,
  type ErasedFact,
  type KeptDebt,
} from '../../store/ledger/erasing.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { storable } from '../../store/engine/json-rows.ts'
import { addTallies } from '../../store/ledger/tallies.ts'
import { eraseLinks } from '../../store/ledger/links.ts'
import { buryFacts } from '../../store/ledger/tombstones.ts'
import { audited, type Actor } from '../audited.ts'
import { bodiesNaming, cutBodies } from '../intake/cut-bodies.ts'
import { tallyOfErased, type Count } from '../intake/tally.ts'

type EraseDeps = { readonly db: Database; readonly clock: () => number; readonly newId: NewId }

/** How much of each was kept. */
type Erased = {
  readonly facts: number
  readonly bodies: number
  readonly attempts: number
  readonly deliveries: number
}

/**
 * Erases everything that is kept of a person, in all sources, as a whole or not at all; refuses while Mailchimp is owed
 * something of theirs. What comes in meanwhile was there before, or is a new record about them.
 */
export async function erasePerson(
  deps: EraseDeps,
  { person: named, actor }: { readonly person: string; readonly actor: Actor },
): Promise<Erased> {
  const { db, clock } = deps
  const person = storable(personOf(named))
  if (person === '') throw unknownPerson()
  await refuseWhileOwed(db, person, clock())
  // Outside the transaction: a long look must not keep events waiting.
  const naming = await bodiesNaming(db, person)
  return db.transaction(async tx => {
    await holdOffWriters(tx)
    await refuseWhileOwed(tx, person, clock())
    const erased = await eraseAll(tx, person, naming)
    if (Object.values(erased).every(n => n === 0)) throw unknownPerson()
    await audited(tx, deps, { actor, action: 'person.erased', subject: subscriberHash(person) })
    return erased
  })
}

const unknownPerson = (): Problem => new Problem('not_found', 'nothing is kept of this person')

async function refuseWhileOwed(sql: Sql, person: string, now: number): Promise<void> {
  const debts = await debtsBeforeErasing(sql, person)
  const obstacles = debts.flatMap(debt => obstacleIn(debt, now))
  // It may be about to make the person due, and remembers whom it was at.
  if (await isOwingEveryone(sql))
    obstacles.push('everyone is being made due just now, by a resync or a saved integration; wait for its end')
  if (obstacles.length === 0) return
  const why = 'erasing does not touch Mailchimp, so what it is owed of this person goes there first'
  throw new Problem('wrong_state', `${why}. ${obstacles.join('. ')}`)
}

function obstacleIn(debt: KeptDebt, now: number): string[] {
  const obstacle = obstacleTo(debt, now)
  return obstacle === undefined ? [] : [`In ${debt.integrationId}: ${OBSTACLES[obstacle]}`]
}

async function eraseAll(tx: Sql, person: string, naming: readonly string[]): Promise<Erased> {
  await buryFacts(tx, person)
  const facts = await eraseFacts(tx, person)
  await eraseLinks(tx, person)
  const ids = [...new Set([...naming, ...facts.map(({ inboxId }) => inboxId)])].sort()
  const { bodies, counts } = await cutBodies(tx, { ids, person, keys: new Set(facts.map(({ key }) => key)) })
  const attempts = await eraseAttempts(tx, person)
  const deliveries = await eraseDeliveries(tx, person)
  await addTallies(tx, tallyOfErased([...facts.map(countOf), ...counts]))
  return { facts: facts.length, bodies, attempts, deliveries }
}

/** Where ingest counted it. */
const countOf = ({ sourceId, kind, family }: ErasedFact): Count => ({
  sourceId,
  kind: kind === 'deleted' ? 'deletion' : 'stated',
  family,
})
