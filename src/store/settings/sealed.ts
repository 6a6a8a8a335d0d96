import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Database } from '../engine/database.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Seals secrets for the database: AES-256-GCM, bound to the place they stand in, so that no row can borrow another's. */
export type Seal = {
  seal(secret: string, place: string): Uint8Array
  /** Throws when the key is another one, the bytes were touched, or they stood in another place. */
  open(sealed: Uint8Array, place: string): string
}

export function createSeal(key: Uint8Array): Seal {
  const keyId = createHash('sha256').update(key).digest().subarray(0, 4)
  return {
    seal(secret, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([keyId, nonce, text, cipher.getAuthTag()])
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed)
      if (!bytes.subarray(0, 4).equals(keyId)) throw new Error('sealed with another key')
      const nonce = bytes.subarray(4, 4 + NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, {
        authTagLength: TAG_BYTES,
      }).setAAD(Buffer.from(place))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      const text = decipher.update(bytes.subarray(4 + NONCE_BYTES, -TAG_BYTES))
      return Buffer.concat([text, decipher.final()]).toString('utf8')
    },
  }
}

/** What tells whether a key fits, once secrets may have been sealed in this database: their key exists somewhere. */
export async function canaryIn(db: Pick<Database, 'query'>): Promise<Uint8Array | undefined> {
  const [row] = await db.query<{ canary: Uint8Array }>('select canary from seal where id = 1')
  return row?.canary
}

/** Reads the key file; makes one that only its owner can read if it may. Refuses a file that others can read. */
export async function loadKey(file: string, { mayMake = true } = {}): Promise<Uint8Array> {
  const existing = await stat(file).catch(() => undefined)
  if (!existing && !mayMake)
    throw new Error(`the key file ${file} is missing, and stored secrets were sealed with it: ${PUT_BACK}`)
  if (existing && !existing.isFile()) throw new Error(`the key file ${file} is no file: ${PUT_BACK}`)
  if (!existing) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(file, 0o600)
  } else if ((existing.mode & 0o077) !== 0) {
    throw new Error(`the key file ${file} can be read by others: chmod 600 ${file}`)
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64')
  if (key.length !== KEY_BYTES)
    throw new Error(`the key file ${file} does not hold ${KEY_BYTES} bytes in base64: ${PUT_BACK}`)
  return key
}

const PUT_BACK = 'put the key of this store in its place, which is kept apart from the back-ups'

const CANARY = 'consent-relay'

/** Throws unless this key is the one that sealed the database's secrets. */
export async function assertOwnSeal(db: Database, seal: Seal): Promise<void> {
  await db.query('insert into seal (id, canary) values (1, $1) on conflict do nothing', [
    seal.seal(CANARY, 'seal.canary'),
  ])
  const canary = await canaryIn(db)
  if (!canary) throw new Error(NO_CANARY)
  assertFits(canary, seal)
}

const NO_CANARY = 'the canary that tells whether the key fits is missing'

/** Throws unless this key is the one that sealed this canary. */
export function assertFits(canary: Uint8Array, seal: Seal): void {
  try {
    if (seal.open(canary, 'seal.canary') === CANARY) return
  } catch (cause) {
    throw new Error(`this key file is not the one that the stored secrets were sealed with: ${PUT_BACK}`, { cause })
  }
  throw new Error(NO_CANARY)
}
