import { type Sql } from '../engine/database.ts'
import { idsFrom } from '../engine/ids.ts'

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
