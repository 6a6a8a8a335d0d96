import { type Status } from '../../domain/delivery.ts'
import { type Fact, type Family } from '../../domain/fact.ts'
import { type Sql } from '../engine/database.ts'
import { jsonRows } from '../engine/json-rows.ts'

/**
 * No other transaction takes in events or makes debts due until this one ends. On SQLite transactions take turns anyway. On
 * PostgreSQL a webhook at the same moment could otherwise bring back a fact whose tombstone it cannot see yet, and an
 * integration that is saved a debt from facts that it still sees. Ingest writes to `inbox` before anything else, so it
 * waits for this without holding what this waits for.
 */
export async function holdOffWriters(tx: Sql): Promise<void> {
  if (tx.dialect === 'postgres') await tx.query('lock table inbox, delivery in share row exclusive mode')
}

/** What a debt still has with Mailchimp. */
type KeptDebt = {
  readonly integrationId: string
  readonly status: Status
  readonly carriesWithdrawal: boolean
  readonly windowUntil: number | undefined
  readonly hasOpenAttempt: boolean
}

type DebtRow = {
  integration_id: string
  status: Status
  carries_withdrawal: number
  window_until: number | null
  open_attempts: number
}

const debtIn = (row: DebtRow): KeptDebt => ({
  integrationId: row.integration_id,
  status: row.status,
  carriesWithdrawal: row.carries_withdrawal === 1,
  windowUntil: row.window_until ?? undefined,
  hasOpenAttempt: row.open_attempts > 0,
})

// `cross join` tells SQLite to begin with the few integrations; of a person alone there is no index.
/** The debts of a person in every integration, with what may still be on its way to Mailchimp. */
export async function debtsBeforeErasing(sql: Sql, person: string): Promise<KeptDebt[]> {
  const rows = await sql.query<DebtRow>(
    `select d.integration_id, d.status, d.carries_withdrawal, d.window_until,
            (select count(*) from attempt a where a.integration_id = d.integration_id and a.person = d.person
                and a.finished_at is null) as open_attempts
       from integration i cross join delivery d
      where d.integration_id = i.id and d.person = $1 order by d.integration_id`,
    [person],
  )
  return rows.map(debtIn)
}

/** Whether a sweep over everyone is under way behind a stored cursor: a resync, or owing after a saved document. */
export async function isOwingEveryone(sql: Sql): Promise<boolean> {
  const rows = await sql.query(
    `select 1 as one from replay where kind = 'resync' and made_at is null and finished_at is null
     union all select 1 from to_owe limit 1`,
  )
  return rows.length > 0
}

export type ErasedFact = {
  readonly sourceId: string
  readonly inboxId: string
  readonly key: string
  readonly family: Family
  readonly kind: Fact['kind']
}

type ErasedRow = { source_id: string; inbox_id: string; key: string; family: Family; kind: Fact['kind'] }

const erasedIn = ({ source_id: sourceId, inbox_id: inboxId, ...rest }: ErasedRow): ErasedFact => ({
  sourceId,
  inboxId,
  ...rest,
})

/** Whose data goes, and by when it was chosen: what was chosen later is a new life (R34). */
export type Erasing = { readonly person: string; readonly chosenBy: number }

/** Erases what was told of this person of the time until then, in every source; says what it was. */
export async function eraseFacts(tx: Sql, { person, chosenBy }: Erasing): Promise<ErasedFact[]> {
  const rows = await tx.query<ErasedRow>(
    `delete from fact where source_id in (select id from source) and person = $1 and at <= $2
     returning source_id, inbox_id, key, family, kind`,
    [person, chosenBy],
  )
  return rows.map(erasedIn)
}

/** What is left of a person after `eraseFacts`: the sources of newer choices, and the keys of all that stays. */
export async function newLifeOf(tx: Sql, person: string): Promise<{ sourceIds: string[]; keys: Set<string> }> {
  const rows = await tx.query<{ source_id: string; key: string; kind: Fact['kind'] }>(
    `select source_id, key, kind from fact where source_id in (select id from source) and person = $1`,
    [person],
  )
  const lives = new Set(rows.filter(({ kind }) => kind !== 'deleted').map(row => row.source_id))
  return {
    sourceIds: [...lives],
    keys: new Set(rows.filter(row => lives.has(row.source_id)).map(({ key }) => key)),
  }
}

/** R34: a deletion that came while its person was being erased may be of a newer choice: it stays, without the id. */
export async function forgetDeletions(tx: Sql, { person, sourceIds }: Forgetting): Promise<void> {
  await tx.query(
    `update fact set person = null, adopted = 0
      where source_id in (select id from source) and person = $1 and kind = 'deleted'
        and not source_id in (select r.id from ${jsonRows(tx.dialect, '$2', { id: 'text' })})`,
    [person, JSON.stringify(sourceIds.map(id => ({ id })))],
  )
}

type Forgetting = {
  readonly person: string
  /** Sources in which the person lives on. */
  readonly sourceIds: readonly string[]
}

/** The sources in which anything is told of this person, or owed to them. */
export async function sourcesOf(sql: Sql, person: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select s.id from source s where exists (select 1 from fact f where f.source_id = s.id and f.person = $1)
     union
     select i.source_id from integration i cross join delivery d where d.integration_id = i.id and d.person = $1
      order by id`,
    [person],
  )
  return rows.map(row => row.id)
}

/** Erases what was sent for this person, in every integration; says how many requests it was. */
export const eraseAttempts = (tx: Sql, person: string) => eraseFrom(tx, 'attempt', person)

/**
 * Erases what this person is owed or named, in every integration, and what is listed as unproven of them; says how many
 * debts it was.
 */
export async function eraseDeliveries(tx: Sql, person: string): Promise<number> {
  await tx.query('delete from unproven where person = $1', [person])
  await tx.query('delete from retracted where source_id in (select id from source) and person = $1', [person])
  // Where a resync ended is the id of a person.
  await tx.query(
    `update replay set last_done = '', through = '' where kind = 'resync' and (last_done = $1 or through = $1)`,
    [person],
  )
  await eraseFrom(tx, 'naming', person)
  return eraseFrom(tx, 'delivery', person)
}

async function eraseFrom(tx: Sql, table: 'attempt' | 'delivery' | 'naming', person: string): Promise<number> {
  const rows = await tx.query(
    `delete from ${table} where integration_id in (select id from integration) and person = $1 returning person`,
    [person],
  )
  return rows.length
}
