import { type Status } from '../../domain/delivery.ts'
import { type Fact, type Family } from '../../domain/fact.ts'
import { type Sql } from '../engine/database.ts'

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
export type KeptDebt = {
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

/** Erases everything that was told of this person, in every source; says what it was. */
export async function eraseFacts(tx: Sql, person: string): Promise<ErasedFact[]> {
  const rows = await tx.query<ErasedRow>(
    `delete from fact where source_id in (select id from source) and person = $1
     returning source_id, inbox_id, key, family, kind`,
    [person],
  )
  return rows.map(erasedIn)
}

/** Erases what was sent for this person, in every integration; says how many requests it was. */
export const eraseAttempts = (tx: Sql, person: string) => eraseFrom(tx, 'attempt', person)

/**
 * Erases what this person is owed or was given, in every integration, and what is listed as unproven of them; says how
 * many debts it was.
 */
export async function eraseDeliveries(tx: Sql, person: string): Promise<number> {
  await tx.query('delete from unproven where person = $1', [person])
  await tx.query('delete from retracted where source_id in (select id from source) and person = $1', [person])
  await tx.query('delete from contact where alias in (select d.contact from delivery d where d.person = $1)', [person])
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
