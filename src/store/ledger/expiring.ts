import { type Sql } from '../engine/database.ts'
import { idsFrom } from '../engine/ids.ts'
import { jsonRows } from '../engine/json-rows.ts'

type Expiring = {
  /** In milliseconds; what is older goes. */
  readonly before: number
  /** The most at a time. */
  readonly limit: number
}

type Passed = { readonly looked: number; readonly last: string | undefined }

// Its row stays: the facts of a body name it, and its fingerprint tells a repeat (I2).
/**
 * Empties the next bodies after the id `after`. A body with something in quarantine is passed over. Gives how many
 * it looked at, and the last of them.
 */
export async function expireBodies(tx: Sql, { after, before, limit }: Expiring & { readonly after: string }) {
  const looked = await tx.query<{ id: string }>(`select id from inbox where id > $1 and id < $2 order by id limit $3`, [
    after,
    idsFrom('inb', before),
    limit,
  ])
  const last = looked.at(-1)?.id
  if (last !== undefined)
    await tx.query('update inbox set raw = $3 where id > $1 and id <= $2 and faults is null', [
      after,
      last,
      new Uint8Array(),
    ])
  return { looked: looked.length, last } satisfies Passed
}

/** Empties bodies with something in quarantine, and takes them out of it. */
export async function expireQuarantine(tx: Sql, { before, limit }: Expiring): Promise<number> {
  const gone = await tx.query(
    `update inbox set raw = $3, faults = null where id in
       (select id from inbox where faults is not null and id < $1 order by id limit $2) returning id`,
    [idsFrom('inb', before), limit, new Uint8Array()],
  )
  return gone.length
}

/** Deletes attempts. What Mailchimp confirmed last stays with the debt, and so does one whose end is still to come. */
export async function expireAttempts(tx: Sql, { before, limit }: Expiring): Promise<number> {
  const gone = await tx.query(
    `delete from attempt where id in
       (select id from attempt where id < $1 and finished_at is not null order by id limit $2) returning id`,
    [idsFrom('att', before), limit],
  )
  return gone.length
}

/** What is listed as unproven rests on attempts, and goes when they do. */
export async function expireUnproven(tx: Sql, { before, limit }: Expiring): Promise<number> {
  const gone = await tx.query(
    `delete from unproven where id in (select id from unproven where id < $1 order by id limit $2) returning id`,
    [idsFrom('unp', before), limit],
  )
  return gone.length
}

export async function expireAudit(tx: Sql, { before, limit }: Expiring): Promise<number> {
  const gone = await tx.query(
    `delete from audit where id in (select id from audit where id < $1 order by id limit $2) returning id`,
    [idsFrom('aud', before), limit],
  )
  return gone.length
}

/**
 * R5c: deletes facts without a known person; gives the source of each. A deletion stays, since what it deletes may come
 * later. Their bodies are no longer known, so a repeat counts as new: by then its person may be known, and a withdrawal
 * that is sent again must not be taken for an old one.
 */
export async function expireAnonymous(tx: Sql, { before, limit }: Expiring): Promise<string[]> {
  const old = await tx.query<{ id: string; inbox_id: string }>(
    `select f.id, f.inbox_id from fact f join inbox b on b.id = f.inbox_id
      where f.person is null and f.kind <> 'deleted' and f.id < $1 order by f.id limit $2${FREE_ROWS[tx.dialect]}`,
    [idsFrom('fct', before), limit],
  )
  const given = jsonRows(tx.dialect, '$1', { id: 'text' })
  const bodies = [...new Set(old.map(row => row.inbox_id))]
  await tx.query(`update inbox set fingerprint = id where id in (select r.id from ${given})`, [
    JSON.stringify(bodies.map(id => ({ id }))),
  ])
  const gone = await tx.query<{ source_id: string }>(
    `delete from fact where id in (select r.id from ${given}) returning source_id`,
    [JSON.stringify(old.map(({ id }) => ({ id })))],
  )
  return gone.map(row => row.source_id)
}

// What another transaction has, a webhook that finds the person of a fact, is not waited for: the next run looks again.
const FREE_ROWS = { sqlite: '', postgres: ' for update of f, b skip locked' } as const satisfies Record<
  Sql['dialect'],
  string
>
