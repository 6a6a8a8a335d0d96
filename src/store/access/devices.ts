import { type Sql } from '../engine/database.ts'

/** A browser that proved an account: kept by the hash of what its cookie holds. */
type Device = { readonly hash: string; readonly accountId: string; readonly seenAt: number }

/** Keeps a device, or that it was seen again. */
export const keepDevice = (tx: Sql, { hash, accountId, seenAt }: Device) =>
  tx.query(
    `insert into device (hash, account_id, seen_at) values ($1, $2, $3)
      on conflict (hash) do update set seen_at = excluded.seen_at`,
    [hash, accountId, seenAt],
  )

type FindDevice = { readonly hash: string; readonly email: string; readonly seenAfter: number }

/** Whether this device proved the account of this address, and was seen after this time. */
export async function findDevice(sql: Sql, { hash, email, seenAfter }: FindDevice): Promise<boolean> {
  const rows = await sql.query(
    `select d.hash from device d join account a on a.id = d.account_id
      where d.hash = $1 and a.email = $2 and d.seen_at > $3`,
    [hash, email, seenAfter],
  )
  return rows.length > 0
}

/** Forgets those that were seen last at this time or before, and all of an account but its `most` newest. */
export async function deleteOldDevices(
  tx: Sql,
  { accountId, seenUntil, most }: { readonly accountId: string; readonly seenUntil: number; readonly most: number },
): Promise<void> {
  await tx.query('delete from device where seen_at <= $1', [seenUntil])
  await tx.query(
    `delete from device where account_id = $1 and hash not in
       (select hash from device where account_id = $1 order by seen_at desc, hash limit $2)`,
    [accountId, most],
  )
}

/** Forgets every device of an account, but the one with the hash `except`. */
export const deleteDevicesOf = (tx: Sql, { accountId, except = '' }: { accountId: string; except?: string }) =>
  tx.query('delete from device where account_id = $1 and hash <> $2', [accountId, except])
