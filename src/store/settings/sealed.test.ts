import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { type Database } from '../engine/database.ts'
import { migrate } from '../engine/migrate.ts'
import { migrations } from '../migrations/all.ts'
import { assertOwnSeal, createSeal, loadKey } from './sealed.ts'

const SECRET = '0123456789abcdef0123456789abcdef-us6'
const PLACE = 'credential.sealed_key crd_1'

describe('a sealed secret', () => {
  const seal = createSeal(randomBytes(32))
  const sealed = seal.seal(SECRET, PLACE)

  test.each([SECRET, '', 'é \u0000 \u{1f511}', 'x'.repeat(10_000)])('comes back as it was', secret => {
    expect(seal.open(seal.seal(secret, PLACE), PLACE)).toBe(secret)
  })
  test('comes back from any kind of bytes that a database returns', () => {
    expect(seal.open(new Uint8Array(sealed), PLACE)).toBe(SECRET)
  })
  test('cannot be read, nor told to be the same one again', () => {
    expect(Buffer.from(sealed).includes(SECRET.slice(0, 8))).toBe(false)
    expect(Buffer.from(seal.seal(SECRET, PLACE))).not.toEqual(Buffer.from(sealed))
  })
  test.each(['credential.sealed_key crd_2', '', `${PLACE} `])('does not open in another place %j', place => {
    expect(() => seal.open(sealed, place)).toThrow()
  })
  test('does not open with another key', () => {
    expect(() => createSeal(randomBytes(32)).open(sealed, PLACE)).toThrow('sealed with another key')
  })
  test('does not open with another key that has the same short name', () => {
    const other = createSeal(randomBytes(32))
    const disguised = Buffer.concat([other.seal(SECRET, PLACE).subarray(0, 4), sealed.subarray(4)])
    expect(() => other.open(disguised, PLACE)).toThrow()
  })
  test('does not open with any of its bits changed, or cut, or longer', () => {
    for (let at = 0; at < sealed.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const touched = Buffer.from(sealed)
        touched[at] = (touched[at] ?? 0) ^ (1 << bit)
        expect(() => seal.open(touched, PLACE), `bit ${bit} of byte ${at}`).toThrow()
      }
      expect(() => seal.open(sealed.subarray(0, at), PLACE), `${at} bytes`).toThrow()
    }
    expect(() => seal.open(Buffer.concat([sealed, Buffer.alloc(1)]), PLACE)).toThrow()
  })
})

describe('the key file', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consent-relay-key-'))
    file = join(folder, 'data', 'secret.key')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

  test('is made for its owner alone, whatever the umask', async () => {
    const umask = process.umask(0)
    try {
      expect(await loadKey(file)).toHaveLength(32)
    } finally {
      process.umask(umask)
    }
    expect([await modeOf(file), await modeOf(join(folder, 'data'))]).toEqual(['600', '700'])
  })
  test('gives the same key the next time, and another one elsewhere', async () => {
    const key = await loadKey(file)
    expect(await loadKey(file)).toEqual(key)
    expect(await loadKey(join(folder, 'other.key'))).not.toEqual(key)
  })
  test.each([0o644, 0o640, 0o604, 0o660, 0o620])(
    'with mode %o is refused, and the refusal says what to do',
    async mode => {
      await loadKey(file)
      await chmod(file, mode)
      await expect(loadKey(file)).rejects.toThrow(`chmod 600 ${file}`)
    },
  )
  test('with mode 400 is taken', async () => {
    const key = await loadKey(file)
    await chmod(file, 0o400)
    expect(await loadKey(file)).toEqual(key)
  })
  test.each(['', 'c2hvcnQ=', 'no base64 at all', randomBytes(33).toString('base64')])(
    'with %j in it is refused',
    async text => {
      await loadKey(file)
      await writeFile(file, text)
      await expect(loadKey(file)).rejects.toThrow('does not hold 32 bytes')
      expect(await readFile(file, 'utf8')).toBe(text)
    },
  )
  test('that cannot be written stops the start', async () => {
    await loadKey(file)
    await expect(loadKey(join(file, 'below-a-file.key'))).rejects.toThrow()
  })
})

describe.each(databases)('the canary in $name', ({ open }) => {
  let db: Database
  beforeEach(async () => {
    db = await open()
    await migrate(db, migrations)
  })
  afterEach(() => db.close())

  test('takes the first key for its own, and then only that one', async () => {
    const key = randomBytes(32)
    await assertOwnSeal(db, createSeal(key))
    await assertOwnSeal(db, createSeal(key))
    await expect(assertOwnSeal(db, createSeal(randomBytes(32)))).rejects.toThrow('this key file is not the one')
    await assertOwnSeal(db, createSeal(key))
  })
  test('lets only one of several first keys in', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => assertOwnSeal(db, createSeal(randomBytes(32)))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
  test('that was touched is no canary', async () => {
    const seal = createSeal(randomBytes(32))
    await assertOwnSeal(db, seal)
    await db.query('update seal set canary = $1', [seal.seal('another bird', 'seal.canary')])
    await expect(assertOwnSeal(db, seal)).rejects.toThrow('canary')
  })
})
