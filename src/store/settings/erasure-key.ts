import { createHmac, randomBytes } from 'node:crypto'
import { type Database } from '../engine/database.ts'
import { type Seal } from './sealed.ts'

/** The same text gives the same hash in this store, and without its key a hash says nothing of the text. */
export type KeyedHash = (text: string) => string

const PLACE = 'erasure.key'
const KEY_BYTES = 32

/** The hash by which erased ids are known (R34). Its key is made once, and sealed: the store alone does not give it away. */
export async function keyedHashOf(db: Database, seal: Seal): Promise<KeyedHash> {
  const sealed = (await sealedKeyIn(db)) ?? (await makeKey(db, seal))
  const key = Buffer.from(seal.open(sealed, PLACE), 'base64')
  return text => createHmac('sha256', key).update(text).digest('base64url')
}

async function sealedKeyIn(db: Database): Promise<Uint8Array | undefined> {
  const [row] = await db.query<{ sealed: Uint8Array }>('select sealed from erasure_key where id = 1')
  return row?.sealed
}

/** Makes the key, unless another process did so at the same moment. */
async function makeKey(db: Database, seal: Seal): Promise<Uint8Array> {
  const made = seal.seal(randomBytes(KEY_BYTES).toString('base64'), PLACE)
  await db.query('insert into erasure_key (id, sealed) values (1, $1) on conflict do nothing', [made])
  const sealed = await sealedKeyIn(db)
  if (!sealed) throw new Error('the key of erased ids is missing')
  return sealed
}
