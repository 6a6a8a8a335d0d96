import { mustWait, obstacleTo } from '../../domain/erasure.ts'
import { subscriberHash } from '../../mailchimp/address.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type ContactKey } from '../../store/contacts/contacts.ts'
import { contactsMentioning } from '../../store/contacts/erasing.ts'
import { owe, oweThese, PRIORITY } from '../../store/debts/deliveries.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { clearRemains } from '../../store/ledger/remains.ts'
import {
  debtsBeforeErasing,
  eraseAttempts,
  eraseDeliveries,
  eraseFacts,
  forgetDeletions,
  holdOffWriters,
  isOwingEveryone,
  newLifeOf,
  type ErasedFact,
  type Erasing,
} from '../../store/ledger/erasing.ts'
import {
  erasureOf,
  findErasure,
  markEnded,
  markErased,
  openErasures,
  type Erased,
  type Erasure,
} from '../../store/ledger/erasures.ts'
import { eraseLinks, usersOfOne } from '../../store/ledger/links.ts'
import { suppress } from '../../store/ledger/suppressed.ts'
import { addTallies } from '../../store/ledger/tallies.ts'
import { buryFacts } from '../../store/ledger/tombstones.ts'
import { type KeyedHash } from '../../store/settings/erasure-key.ts'
import { audited } from '../audited.ts'
import { bodiesNaming, cutBodies } from '../intake/cut-bodies.ts'
import { hashOfPerson, hashOfUser } from '../intake/suppression.ts'
import { tallyOfErased, type Count } from '../intake/tally.ts'
import { createLoop, type Loop } from '../loop.ts'
import { eraseFromContacts } from './erase-contacts.ts'

type ErasureDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly keyedHash: KeyedHash
  readonly telemetry: Pick<Telemetry, 'stepFailed'>
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

/** R34: carries on with the erasures that were asked for, until each has ended. */
export type Erasures = Pick<Loop, 'request' | 'idle' | 'stop'> & {
  /** Takes the steps of this one that can be taken now, and gives it as it is then. */
  carryOn(erasure: Erasure): Promise<Erasure>
}

export function createErasures(deps: ErasureDeps): Erasures {
  const { db } = deps
  const failed = (error: unknown): void => deps.telemetry.stepFailed('erasure', error)
  const loop = createLoop(async () => {
    // One that fails keeps no other from its end; the next request tries it again.
    for (const erasure of await openErasures(db)) await carryOn(deps, erasure).catch(failed)
  }, failed)
  return {
    request: loop.request,
    idle: loop.idle,
    stop: loop.stop,
    carryOn: async erasure => {
      await carryOn(deps, erasure)
      return (await findErasure(db, erasure.id)) ?? erasure
    },
  }
}

/** What a process that ended meanwhile did not come to is done by the next one: each step is one transaction. */
async function carryOn(deps: ErasureDeps, { id, person, isThorough }: Erasure): Promise<void> {
  const { db, clock } = deps
  if (person !== undefined && !(await eraseIfDone(deps, person))) return
  if (await clearRemains(db, { isThorough })) await markEnded(db, { id, at: clock() })
}

/** Erases the person if nothing has to be waited for; false while something has. */
async function eraseIfDone(deps: ErasureDeps, person: string): Promise<boolean> {
  const { db, onOwed } = deps
  const asked = await erasureOf(db, person)
  if (!asked) return true
  if (!(await unprovenIfOver(db, { ...asked, person }, deps.clock()))) return false
  // Outside the transaction: a long look must not keep events waiting.
  const [naming, mentioning] = [await bodiesNaming(db, person), await contactsMentioning(db, person)]
  const owing = await db.transaction(async tx => {
    await holdOffWriters(tx)
    const erasure = await erasureOf(tx, person)
    if (!erasure) return []
    const unproven = await unprovenIfOver(tx, { ...erasure, person }, deps.clock())
    return unproven && erase(tx, deps, { erasure, person, unproven, naming, mentioning })
  })
  if (owing && owing.length > 0) onOwed(owing)
  return owing !== undefined
}

type Waiting = Pick<Erasure, 'endsBy'> & { readonly person: string }

/** What is unproven at Mailchimp though its time is over; undefined while something is to be waited for. */
async function unprovenIfOver(
  sql: Sql,
  { person, endsBy }: Waiting,
  now: number,
): Promise<Erasure['unproven'] | undefined> {
  // It may be about to make the person due, and remembers whom it was at.
  if (now < endsBy && (await isOwingEveryone(sql))) return undefined
  const obstacles = await obstaclesOf(sql, person, now)
  return obstacles.some(({ obstacle }) => mustWait(obstacle, { now, endsBy })) ? undefined : obstacles
}

/** What is in the way of erasing this person now, debt by debt. */
export async function obstaclesOf(sql: Sql, person: string, now: number): Promise<Erasure['unproven']> {
  return (await debtsBeforeErasing(sql, person)).flatMap(debt => {
    const obstacle = obstacleTo(debt, now)
    return obstacle === undefined ? [] : [{ integrationId: debt.integrationId, obstacle }]
  })
}

type ErasingNow = {
  readonly erasure: Erasure
  readonly person: string
  readonly unproven: Erasure['unproven']
  /** Bodies in which something names the person. */
  readonly naming: readonly string[]
  /** Contacts in whose record the person is. */
  readonly mentioning: readonly ContactKey[]
}

/** Gives the integrations that owe something because of it. */
async function erase(tx: Sql, deps: ErasureDeps, request: ErasingNow): Promise<string[]> {
  const { erasure, person, unproven, mentioning } = request
  const at = deps.clock()
  const users = await usersOfOne(tx, person)
  const hashes = [hashOfPerson(deps.keyedHash, person), ...users.map(user => hashOfUser(deps.keyedHash, user))]
  await suppress(
    tx,
    hashes.map(hash => ({ hash, chosenBy: erasure.askedAt })),
  )
  const { erased, sourceIds } = await eraseFactsOf(tx, { person, chosenBy: erasure.askedAt, naming: request.naming })
  const others = await eraseFromContacts(tx, { person, mentioning })
  const attempts = await eraseAttempts(tx, person)
  const deliveries = await eraseDeliveries(tx, person)
  await markErased(tx, { id: erasure.id, at, unproven, erased: { ...erased, attempts, deliveries } })
  const action = { actor: erasure.actor, action: 'person.erased', subject: subscriberHash(person) }
  await audited(tx, deps, { ...action, detail: { erasure: erasure.id, unproven } })
  await oweThese(tx, others, { at, priority: PRIORITY.live })
  const newLife = sourceIds.map(sourceId => ({ sourceId, person, priority: PRIORITY.withdrawal, at }))
  return [...(await owe(tx, newLife)), ...others.map(({ integrationId }) => integrationId)]
}

type Telling = Erasing & { readonly naming: readonly string[] }

/** Erases what was told; gives the sources in which the person chose something since. */
async function eraseFactsOf(tx: Sql, { person, chosenBy, naming }: Telling) {
  await buryFacts(tx, { person, chosenBy })
  const facts = await eraseFacts(tx, { person, chosenBy })
  const { sourceIds, keys: kept } = await newLifeOf(tx, person)
  await forgetDeletions(tx, { person, sourceIds })
  await eraseLinks(tx, person)
  const ids = [...new Set([...naming, ...facts.map(({ inboxId }) => inboxId)])].sort()
  const keys = new Set(facts.map(({ key }) => key))
  const { bodies, counts } = await cutBodies(tx, { ids, person, chosenBy, keys, kept })
  await addTallies(tx, tallyOfErased([...facts.map(countOf), ...counts]))
  const erased: Pick<Erased, 'facts' | 'bodies'> = { facts: facts.length, bodies }
  return { erased, sourceIds }
}

/** Where ingest counted it. */
const countOf = ({ sourceId, kind, family }: ErasedFact): Count => ({
  sourceId,
  kind: kind === 'deleted' ? 'deletion' : 'stated',
  family,
})
