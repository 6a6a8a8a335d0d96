import { createHmac, randomBytes } from 'node:crypto'
import { type Database } from '../engine/database.ts'
import { type Seal } from './sealed.ts'

/** The same text gives the same hash in this store, and without its key a hash says nothing of the text. */
export type KeyedHash = (text: string) => string

const PLACE = 'erasure.key'
const KEY_BYTES = 32

/** The hash by which erased ids are known (R34). Its key is made once, and sealed: the store alone does not give it away. */
export async function keyedHashOf(db: Database, seal: Seal): Promise<KeyedHash> {
  const made = seal.seal(randomBytes(KEY_BYTES).toString('base64'), PLACE)
  await db.query('insert into erasure_key (id, sealed) values (1, $1) on conflict do nothing', [made])
  const [row] = await db.query<{ sealed: Uint8Array }>('select sealed from erasure_key where id = 1')
  if (!row) throw new Error('the key of erased ids is missing')
  const key = Buffer.from(seal.open(row.sealed, PLACE), 'base64')
  return text => createHmac('sha256', key).update(text).digest('base64url')
}
