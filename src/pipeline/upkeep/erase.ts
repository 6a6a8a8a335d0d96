import { type AtMailchimp, ERASES_WITHIN } from '../../domain/erasure.ts'
import { personOf } from '../../domain/person.ts'
import { Problem } from '../../domain/problem.ts'
import { subscriberHash } from '../../mailchimp/address.ts'
import { owe, PRIORITY } from '../../store/debts/deliveries.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { storable } from '../../store/engine/json-rows.ts'
import { erasureOf, insertErasure, type Erasure } from '../../store/ledger/erasures.ts'
import { sourcesOf } from '../../store/ledger/erasing.ts'
import { audited, type Actor } from '../audited.ts'
import { bodiesNaming } from '../intake/cut-bodies.ts'

type EraseDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

type EraseRequest = {
  readonly person: string
  readonly atMailchimp: AtMailchimp
  readonly isThorough: boolean
  readonly actor: Actor
}

/**
 * R34: begins to erase a person in all sources, or gives what was begun before. Their debts are due at once, and are
 * decided without what they granted from here on. `createErasures` does the rest.
 */
export async function askErasure(deps: EraseDeps, { person: named, ...asked }: EraseRequest): Promise<Erasure> {
  const { db, onOwed } = deps
  const person = storable(personOf(named))
  if (person === '' || !(await isKnown(db, person))) throw unknownPerson()
  const { erasure, owing } = await db.transaction(tx => begin(tx, deps, { person, ...asked }))
  if (owing.length > 0) onOwed(owing)
  return erasure
}

const unknownPerson = (): Problem => new Problem('not_found', 'nothing is kept of this person')

/** A record that left no fact is only in a body. */
async function isKnown(db: Database, person: string): Promise<boolean> {
  if ((await erasureOf(db, person)) || (await sourcesOf(db, person)).length > 0) return true
  return (await bodiesNaming(db, person)).length > 0
}

async function begin(tx: Sql, deps: EraseDeps, { person, atMailchimp, isThorough, actor }: EraseRequest) {
  const at = deps.clock()
  const id = deps.newId('era')
  const begun = { id, person, atMailchimp, isThorough, actor, askedAt: at, endsBy: at + ERASES_WITHIN }
  const isNew = await insertErasure(tx, begun)
  const erasure = await erasureOf(tx, person)
  if (!erasure) throw new Error('an erasure that was begun is missing')
  if (!isNew) return { erasure, owing: [] }
  await audited(tx, deps, {
    actor,
    action: 'person.erasing',
    subject: subscriberHash(person),
    detail: { erasure: id, mailchimp: atMailchimp },
  })
  if (atMailchimp === 'leave') return { erasure, owing: [] }
  const sourceIds = await sourcesOf(tx, person)
  const owing = await owe(
    tx,
    sourceIds.map(sourceId => ({ sourceId, person, priority: PRIORITY.withdrawal, at })),
  )
  return { erasure, owing }
}
