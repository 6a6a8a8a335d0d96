import { join } from 'node:path'
import { readWebhook } from '../src/didomi/webhook.ts'
import { type Database } from '../src/store/engine/database.ts'
import { owe, PRIORITY } from '../src/store/debts/deliveries.ts'
import { appendFacts, type StoredFact } from '../src/store/ledger/facts.ts'
import { createIds } from '../src/store/engine/ids.ts'
import { keepArrivals, type Arrival } from '../src/store/ledger/inbox.ts'
import { migrate } from '../src/store/engine/migrate.ts'
import { migrations } from '../src/store/migrations/all.ts'
import { openDatabase } from '../src/store/engine/open.ts'
import { insertSource } from '../src/store/settings/sources.ts'
import { addTallies } from '../src/store/ledger/tallies.ts'
import { chunksOf, range } from './numbers.ts'

/** What one webhook leaves in the store, read and made ready before. */
type Rows = { readonly arrival: Arrival; readonly fact: StoredFact; readonly person: string }

/** The store of a service that does not run. */
export const openStore = (folder: string): Promise<Database> => openDatabase({ file: join(folder, 'consent-relay.db') })

const SOURCE = 'src_of_the_benchmark'

/** A fresh store with one source and one paused integration; returns the source's id. */
export async function furnish(db: Database): Promise<string> {
  await migrate(db, migrations)
  const source = {
    id: SOURCE,
    name: 'benchmark',
    organizationId: undefined,
    feed: 'event',
    authType: 'bearer',
  } as const
  await insertSource(db, { ...source, createdAt: 1 })
  await db.query(`insert into credential (id, data_centre, sealed_key) values ('a credential', 'us6', $1)`, [
    new Uint8Array(1),
  ])
  await db.query(
    `insert into integration (id, source_id, credential_id, settings, enabled, paused, created_at, updated_at)
     values ('an integration', $1, 'a credential', '{}', 1, 1, 1, 1)`,
    [SOURCE],
  )
  return SOURCE
}

/** Reads webhook bodies of one event as the pipeline does. */
export function createReader(sourceId: string): (body: string) => Rows {
  const newId = createIds(Date.now)
  return body => {
    const raw = Buffer.from(body)
    const receivedAt = Date.now()
    const [reading] = readWebhook(raw, receivedAt)
    if (reading?.kind !== 'fact') throw new Error('the event cannot be read')
    const { key, ...said } = reading.fact
    const { names: person = '' } = said
    const id = newId('inb')
    const arrival = {
      id,
      sourceId,
      fingerprint: key,
      receivedAt,
      raw,
      records: 1,
      faults: [],
    }
    return { arrival, fact: { fact: { ...said, id: newId('fct') }, sourceId, inboxId: id, key, person }, person }
  }
}

/** The inserts of one group of webhooks, with the very statements of the pipeline and nothing else. */
export function insertGroup(db: Database, sourceId: string, group: readonly Rows[]): Promise<unknown> {
  const at = group[0]?.arrival.receivedAt ?? 0
  return db.transaction(async tx => {
    await keepArrivals(
      tx,
      group.map(({ arrival }) => arrival),
    )
    await appendFacts(
      tx,
      group.map(({ fact }) => fact),
    )
    await addTallies(tx, [{ sourceId, kind: 'stated', family: 'event', n: group.length }])
    await owe(
      tx,
      group.map(({ person }) => ({ sourceId, person, priority: PRIORITY.live, at })),
    )
  })
}

type History = {
  readonly sourceId: string
  /** A record that is told again and again of other people, numbered from 0. */
  readonly body: string
  readonly facts: number
  readonly people: number
  /** What became of the debts that the facts made. */
  readonly debts: 'waiting' | 'delivered'
}

const FACTS_A_STATEMENT = 50_000

/** Long history in short time, as rows of the shape that the service stores; random keys, so that indexes are real. */
export async function invent(db: Database, { sourceId, body, facts, people, debts }: History): Promise<void> {
  const template = createReader(sourceId)(body)
  await insertGroup(db, sourceId, [template])
  await db.query(`update source set feed = 'event'`)
  for (const part of chunksOf(range(facts), FACTS_A_STATEMENT)) {
    const bounds = [part[0] ?? 0, part.at(-1) ?? 0]
    await db.query(INVENTED_BODIES, [template.arrival.id, ...bounds])
    await db.query(INVENTED_FACTS, [template.fact.fact.id, ...bounds, people])
  }
  await db.query(`delete from delivery`)
  const dueAt = debts === 'waiting' ? Date.now() : null
  await db.query(INVENTED_DEBTS, [people - 1, debts, dueAt, Date.now()])
}

const numbered = (first: string, last: string): string =>
  `with recursive numbered(n) as (select ${first} union all select n + 1 from numbered where n < ${last})`

const INVENTED_BODIES = `
  insert into inbox (id, source_id, fingerprint, received_at, raw, records)
  ${numbered('$2', '$3')}
  select i.id || '-' || n, i.source_id, lower(hex(randomblob(32))), i.received_at, i.raw, i.records
    from numbered join inbox i on i.id = $1`

const INVENTED_FACTS = `
  insert into fact (id, source_id, inbox_id, key, family, kind, entity_id, user_id, person, at, received_at,
                    regulation, status, content)
  ${numbered('$2', '$3')}
  select f.id || '-' || n, f.source_id, f.inbox_id || '-' || n, lower(hex(randomblob(32))), f.family, f.kind,
         f.entity_id || '-' || n, 'device-of-person-' || (n % $4), 'person-' || (n % $4) || '@mail.test', f.at,
         f.received_at, f.regulation, f.status, f.content
    from numbered join fact f on f.id = $1`

const INVENTED_DEBTS = `
  insert into delivery (id, integration_id, person, status, priority, due_at, revision, carries_withdrawal, owed_at)
  ${numbered('0', '$1')}
  select 'dlv_' || lower(hex(randomblob(16))), i.id, 'person-' || n || '@mail.test', $2, 1, $3, 1, 0, $4
    from numbered join integration i`
