import { type Settings } from '../src/domain/integration.ts'
import { type Fields } from '../src/domain/plan.ts'
import { contactKey } from '../src/mailchimp/address.ts'
import { type AccountWithPassword } from '../src/store/access/accounts.ts'
import { type Database, type Sql } from '../src/store/engine/database.ts'
import { keepContacts } from '../src/store/contacts/contacts.ts'
import { owe, PRIORITY, type Owed } from '../src/store/debts/deliveries.ts'
import { appendFacts, type StoredFact } from '../src/store/ledger/facts.ts'
import { keepArrivals, type Arrival } from '../src/store/ledger/inbox.ts'
import { insertIntegration, keepCredential } from '../src/store/settings/integrations.ts'
import { insertSource, type Source } from '../src/store/settings/sources.ts'
import { anEvent, MORNING, recordOf, settingsOf, type Telling } from './builders.ts'
import { type Open } from './databases.ts'

export const SOURCE = 'src_a'
export const CREDENTIAL = 'crd_a'
export const INTEGRATION = 'int_a'
export const ADA = 'ada@example.test'
export const BOB = 'bob@example.test'
export const INBOX = 'inb_a'

export const openStore = (open: Open): Promise<Database> => open('tables')

// Children before their parents.
const TABLES = [
  'attempt',
  'batch',
  'contact',
  'delivery',
  'naming',
  'tally',
  'tombstone',
  'link',
  'fact',
  'inbox',
  'integration',
  'credential',
]
const REST = [
  'brake',
  'retracted',
  'source_size',
  'unproven',
  'access_token',
  'source_secret',
  'source',
  'token',
  'session',
  'device',
  'account',
  'setup',
  'audit',
]

export async function emptyStore(db: Database): Promise<void> {
  for (const table of [...TABLES, ...REST]) await db.query(`delete from ${table}`)
}

/** One source, one credential, one integration of them, and one webhook body for facts to stand in. */
export async function aStore(db: Database): Promise<void> {
  await emptyStore(db)
  await addSource(db)
  await addCredential(db)
  await addIntegration(db)
  await addArrival(db)
}

export const addSource = (db: Sql, over: Partial<Source> = {}) =>
  insertSource(db, {
    id: SOURCE,
    name: 'the shop',
    organizationId: undefined,
    feed: 'event',
    authType: 'bearer',
    createdAt: MORNING,
    ...over,
  })

export const addCredential = (db: Sql, id = CREDENTIAL) =>
  keepCredential(db, { id, dataCentre: 'us6', sealedKey: new Uint8Array([1, 2, 3]) })

export const anAccount = (over: Partial<AccountWithPassword> = {}): AccountWithPassword => ({
  id: 'acc_a',
  email: 'ada@mail.test',
  name: 'Ada',
  role: 'owner',
  createdAt: MORNING,
  disabledAt: undefined,
  password: 'a hash',
  ...over,
})

type Integrating = {
  id?: string
  sourceId?: string
  credentialId?: string
  settings?: Partial<Settings>
  createdAt?: number
}

/** What `addIntegration` made, as it was read. */
export const AS_MADE = { id: INTEGRATION, updatedAt: MORNING }

export const addIntegration = (
  db: Sql,
  {
    id = INTEGRATION,
    sourceId = SOURCE,
    credentialId = CREDENTIAL,
    settings = {},
    createdAt = MORNING,
  }: Integrating = {},
) =>
  insertIntegration(db, {
    id,
    sourceId,
    credentialId,
    settings: { ...settingsOf(), ...settings },
    createdAt,
    updatedAt: MORNING,
  })

export const arrival = (over: Partial<Arrival> = {}): Arrival => ({
  id: INBOX,
  sourceId: SOURCE,
  fingerprint: 'f0',
  receivedAt: MORNING,
  raw: new Uint8Array([0x7b, 0x7d]),
  records: 1,
  faults: [],
  ...over,
})

export const addArrival = (db: Sql, over: Partial<Arrival> = {}) => keepArrivals(db, [arrival(over)])

export const storedFact = (over: Partial<StoredFact> = {}): StoredFact => {
  const fact = over.fact ?? anEvent({ id: 'fct_a' })
  return { fact, sourceId: SOURCE, inboxId: INBOX, key: `key of ${fact.id}`, person: ADA, ...over }
}

/** These persons told something, so the source knows them. */
export const addPeople = (db: Sql, people: readonly string[], sourceId = SOURCE) =>
  appendFacts(
    db,
    people.map(person => storedFact({ fact: anEvent({ id: `fct_${sourceId}_${person}` }), sourceId, person })),
  )

/** A person made a choice; one event for each time. */
export function tellOne(db: Sql, { person = ADA, says, at = MORNING }: Telling & { person?: string }) {
  const fact = anEvent({ id: `fct_${person}_${at}`, entityId: `${person} at ${at}`, says: says ?? [], at })
  return appendFacts(db, [storedFact({ fact, person })])
}

type Confirmed = { readonly person?: string; readonly fields: Fields; readonly fact?: string }

/** These fields were written to the contact in the morning, with everything that was known by then. */
export const confirmOne = (db: Sql, { person = ADA, fields, fact = 'fct_~' }: Confirmed) =>
  keepContacts(db, [
    { key: aContactKey(person), record: recordOf(fields, { fact, integrationId: INTEGRATION, person }) },
  ])

export const aContactKey = (person = ADA) => ({
  dataCentre: settingsOf().dataCentre,
  audienceId: settingsOf().audienceId,
  alias: contactKey({ by: 'address', address: person }),
})

export const debt = (over: Partial<Owed> = {}): Owed => ({
  sourceId: SOURCE,
  person: ADA,
  priority: PRIORITY.live,
  at: MORNING,
  ...over,
})

export const oweOne = (db: Sql, over: Partial<Owed> = {}) => owe(db, [debt(over)])

type DebtRow = {
  status: string
  priority: number
  due_at: number | null
  revision: number
  failed: number
  first_failed_at: number | null
  carries_withdrawal: number
  reason: string | null
  detail: string | null
  owed_at: number
  settled_at: number | null
}

/** The row as it stands in the table, with nothing made of it. */
export async function debtOf(db: Sql, person = ADA, integrationId = INTEGRATION): Promise<DebtRow | undefined> {
  const [row] = await db.query<DebtRow>(
    `select status, priority, due_at, revision, failed, first_failed_at, carries_withdrawal, reason, detail, owed_at,
            settled_at from delivery where integration_id = $1 and person = $2`,
    [integrationId, person],
  )
  return row
}

/** Puts a debt into a status that it would reach only by way of a whole delivery. */
export const putDebt = (db: Sql, status: string, { person = ADA, reason = '', integrationId = INTEGRATION } = {}) =>
  db.query(
    `update delivery set status = $1, reason = nullif($2, ''), settled_at = ${MORNING} where person = $3 and integration_id = $4`,
    [status, reason, person, integrationId],
  )
