import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { type Waiting } from '../../domain/turn.ts'
import { createHashQueue } from './hash-queue.ts'

const HASH_BYTES = 32
const SALT_BYTES = 16
/** OWASP's first choice for scrypt: 128 MiB for each hash. */
const COST: Cost = { logN: 17, r: 8, p: 1 }

export type Cost = { readonly logN: number; readonly r: number; readonly p: number }

export type Passwords = {
  /** A text from which the password cannot be told, with all that is needed to compare another one. */
  hash(password: string): Promise<string>
  /** Whether the password is the one behind `stored`. Without one it takes as long, and is false. */
  matches(password: string, stored: string | undefined, who: Waiting): Promise<boolean>
}

/** New passwords come from people who may set them. */
const SETTING: Waiting = { isKnown: true, from: 'new passwords' }

/** Hashes one password at a time, so that a crowd at the door cannot use up the memory. */
export function createPasswords(cost = COST): Passwords {
  const turn = createHashQueue()
  const nobodys = stored({ ...cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) })
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES)
      return stored({ ...cost, salt, hash: await turn(SETTING, () => derive(password, { ...cost, salt })) })
    },
    async matches(password, text = nobodys, who) {
      const { hash, ...rest } = parsed(text)
      return timingSafeEqual(await turn(who, () => derive(password, rest)), hash)
    },
  }
}

type Salted = Cost & { readonly salt: Buffer }
type Stored = Salted & { readonly hash: Buffer }

const stored = ({ logN, r, p, salt, hash }: Stored): string =>
  ['scrypt', logN, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$')

function parsed(text: string): Stored {
  const [kind, logN, r, p, salt = '', hash = ''] = text.split('$')
  const found = { salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') }
  if (kind !== 'scrypt' || found.hash.length !== HASH_BYTES) throw new Error('a stored password is of no known form')
  return { logN: Number(logN), r: Number(r), p: Number(p), ...found }
}

function derive(password: string, { logN, r, p, salt }: Salted): Promise<Buffer> {
  const N = 2 ** logN
  const options: ScryptOptions = { N, r, p, maxmem: 2 * 128 * N * r }
  return new Promise((resolve, reject) => {
    // The same password may come from two keyboards in two encodings.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
