import { type Entity, type Fact } from '../src/domain/fact.ts'
import { type FieldValue } from '../src/domain/merge-field.ts'
import { conclude } from '../src/pipeline/delivery/conclude.ts'
import { type Assignment } from '../src/pipeline/delivery/assign.ts'
import { type Ready } from '../src/pipeline/delivery/decide-debt.ts'
import { takeDue } from '../src/pipeline/delivery/take.ts'
import { owe, PRIORITY } from '../src/store/debts/deliveries.ts'
import { type Database } from '../src/store/engine/database.ts'
import { createIds } from '../src/store/engine/ids.ts'
import { appendFacts } from '../src/store/ledger/facts.ts'
import { answer, conclusionOf, IN_PEACE, outcomes } from './attempt-builders.ts'
import { attribute, aUser, denies, entity, grants, minute, NEWSLETTER } from './builders.ts'
import { SOURCE, storedFact } from './store-builders.ts'

/** What a person's record says at one version: the address that it names, if any, and the newsletter, if it speaks of it. */
export type Saying = { readonly email: string | undefined; readonly newsletter: boolean | undefined }

export type Record = { readonly person: string; readonly version: number; readonly minute: number } & Saying

const entityOf = ({ email, newsletter, version, minute: at }: Omit<Record, 'person'>): Entity =>
  entity(statementsOf(newsletter), {
    version,
    at: minute(at),
    attributes: email === undefined ? [] : [attribute('metadata.email', email)],
  })

const statementsOf = (newsletter: boolean | undefined) =>
  newsletter === undefined ? [] : [newsletter ? grants(NEWSLETTER) : denies(NEWSLETTER)]

/** A record as Didomi tells it, with the one before it; it came in as the `n`th. */
function factOf(
  { person, version, minute: at, email, newsletter }: Record,
  before: Record | undefined,
  n: number,
): Fact {
  return aUser({
    id: `fct_${String(n).padStart(4, '0')}`,
    userId: `user of ${person}`,
    names: person,
    kind: before ? 'updated' : 'created',
    version,
    at: minute(at),
    receivedAt: minute(500 + n),
    createdAt: minute(0),
    says: statementsOf(newsletter),
    attributes: email === undefined ? [] : [attribute('metadata.email', email)],
    lost: before?.email !== undefined && email === undefined ? [['metadata', 'email']] : [],
    before: before && entityOf(before),
  })
}

type Contacts = Map<string, { [tag: string]: FieldValue }>

type Settling = {
  readonly db: Database
  readonly ready: Ready
  readonly contacts: Contacts
  readonly fails: () => boolean
}

/** Pays what is due, at a Mailchimp that takes everything but for what `fails`, until nothing is due any more. */
async function settle({ db, ready, contacts, fails }: Settling, start: number): Promise<number> {
  let now = start
  const newId = createIds(() => now)
  for (let step = 0; step < 200; step++) {
    now += 3_600_000
    const { assignments, settled } = await db.transaction(tx =>
      takeDue(tx, { ready: [ready], room: 8, ...IN_PEACE, now, newId }),
    )
    if (assignments.length + settled === 0) return now
    const concluded = assignments.map(each => concludedAt(each, { contacts, fails, now }))
    await db.transaction(tx => conclude(tx, concluded, 0))
  }
  throw new Error('debts are due for ever')
}

type Answering = Pick<Settling, 'contacts' | 'fails'> & { readonly now: number }

function concludedAt(assignment: Assignment, { contacts, fails, now }: Answering) {
  const times = { sentAt: now, finishedAt: now }
  if (fails()) return conclusionOf(outcomes.failed, { assignment, reply: answer(500), ...times })
  const { plan } = assignment
  const address = plan.contact.by === 'address' ? plan.contact.address : ''
  contacts.set(address, { ...contacts.get(address), ...plan.fields })
  return conclusionOf(outcomes.delivered(plan.fields), { assignment, ...times })
}

type Telling = {
  readonly db: Database
  readonly ready: Ready
  readonly records: readonly Record[]
  /** After which of them, by place, what is due is paid. */
  readonly pauses: readonly boolean[]
  readonly fails: () => boolean
}

/** What each contact holds once these records came in, in their order. */
export async function heldAfter({ db, ready, records, pauses, fails }: Telling): Promise<Contacts> {
  const contacts: Contacts = new Map()
  let now = minute(1_000)
  for (const [n, record] of records.entries()) {
    const { person, version } = record
    const before = records.find(each => each.person === person && each.version === version - 1)
    await appendFacts(db, [storedFact({ fact: factOf(record, before, n), person })])
    await owe(db, [{ sourceId: SOURCE, person, priority: PRIORITY.withdrawal, at: now }])
    if (pauses[n] === true) now = await settle({ db, ready, contacts, fails }, now)
  }
  await settle({ db, ready, contacts, fails }, now)
  return contacts
}
