import { open, readFile, stat } from 'node:fs/promises'
import { messageOf } from '../../domain/thrown.ts'
import { type Sql } from '../engine/database.ts'
import { isDamage } from '../engine/errors.ts'
import { type Migration } from '../engine/migrate.ts'
import { type OpenReader } from '../engine/sqlite.ts'
import { assertFits, canaryIn, createSeal, loadKey } from '../settings/sealed.ts'
import { lookForDamage } from './damage.ts'
import { lossIn } from './log.ts'
import { strangeIn } from './own-schema.ts'
import { codeOf, withoutStore } from './place.ts'
import { unsound, UnsoundStore } from './unsound.ts'

type Inspection = {
  readonly openReader: OpenReader
  readonly keyFile: string
  readonly mayMakeAnew: boolean
  readonly migrations: readonly Migration[]
}

/** Larger tables are looked at while the service runs: this many rows of the largest kind take 0.1 s. */
const MOST_ROWS = 100_000
const MOST_LOG_BYTES = 512 * 1024 * 1024
const MAGIC = 'SQLite format 3\0'

/**
 * Throws when the SQLite store in `file` must not be served: it is damaged, lost commits, is another one's, or does not
 * fit its key. Nothing is written, so that what is found stays as it was. Says whether every table was looked at.
 */
export async function inspectStore(file: string, inspection: Inspection): Promise<{ readonly isWhole: boolean }> {
  const { size } = await stat(file).catch(() => ({ size: 0 }))
  if (size === 0) return { isWhole: true }
  await assertHead(file, size)
  const log = await stat(`${file}-wal`).catch(() => ({ size: 0 }))
  const hasLog = log.size > 0
  // One that is larger than any that is left in order is not held in memory; SQLite reads it as it is.
  if (log.size <= MOST_LOG_BYTES) {
    const loss = lossIn({ log: await readIfThere(`${file}-wal`), index: await readIfThere(`${file}-shm`) })
    if (loss !== undefined) throw unsound(`${file}-wal`, loss)
  }
  try {
    const reader = await inspection.openReader()
    try {
      return await assertContent(reader, { ...inspection, file, hasLog })
    } finally {
      await reader.close()
    }
  } catch (error) {
    throw isDamage(error) ? damaged(file, messageOf(error), hasLog) : error
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unsound(path, `cannot be read (${codeOf(error)})`)
  }
}

async function assertHead(file: string, size: number): Promise<void> {
  const handle = await open(file)
  const head = Buffer.alloc(100)
  try {
    await handle.read(head, 0, head.byteLength, 0)
  } finally {
    await handle.close()
  }
  if (head.subarray(0, 16).toString('latin1') !== MAGIC) throw unsound(file, 'is no SQLite database')
  const pageSize = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16)
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw unsound(file, 'is damaged (its head)')
  const log = await stat(`${file}-wal`).catch(() => undefined)
  // While there is a log, the last pages may be in it alone.
  const isKnown = head.readUInt32BE(24) === head.readUInt32BE(92)
  if (isKnown && !log?.size && head.readUInt32BE(28) * pageSize > size) throw unsound(file, 'is cut off')
}

type Content = Inspection & { readonly file: string; readonly hasLog: boolean }
type Reading = Pick<Sql, 'query' | 'dialect'>

async function assertContent(reading: Reading, about: Content): Promise<{ readonly isWhole: boolean }> {
  const { file, hasLog, migrations } = about
  const tables = await reading.query<{ name: string }>(`select name from sqlite_schema where type = 'table'`)
  if (tables.length === 0) return assertFirst(about)
  // Only a log can have been put beside a file that it does not belong to.
  const { damage, isWhole } = await lookForDamage(reading, { mostRows: MOST_ROWS, indexes: hasLog })
  if (damage !== undefined) throw damaged(file, damage, hasLog)
  if (!tables.some(({ name }) => name === 'migration'))
    throw unsound(file, `is the database of another program (it has a table ${tables[0]?.name ?? ''})`, OTHER)
  const strange = await strangeIn(reading, migrations).catch((error: unknown) => {
    throw isDamage(error) ? error : new UnsoundStore(`${file}: ${messageOf(error)}`, { cause: error })
  })
  if (strange !== undefined) throw unsound(file, strange)
  await assertSealFits(reading, about)
  return { isWhole }
}

const damaged = (file: string, what: string, hasLog: boolean): UnsoundStore =>
  unsound(file, `is damaged (${what})${hasLog ? ', or its log (-wal) belongs to another one' : ''}`)

const OTHER = 'name another folder with --data'

/** A start that was cut short before its first migration leaves a database without a table, and no key. */
async function assertFirst({ file, keyFile, mayMakeAnew }: Content): Promise<{ readonly isWhole: boolean }> {
  const hasKey = await stat(keyFile).then(
    () => true,
    () => false,
  )
  if (hasKey && !mayMakeAnew) throw withoutStore(file, 'holds no table', keyFile)
  return { isWhole: true }
}

/** Before a foreign log is moved into the file, or a migration runs on the store of another key. */
async function assertSealFits(reading: Reading, { file, keyFile }: Content): Promise<void> {
  const canary = await canaryIn(reading)
  if (!canary) return
  const key = await loadKey(keyFile, { mayMake: false })
  try {
    assertFits(canary, createSeal(key))
  } catch (error) {
    throw new UnsoundStore(`${keyFile} does not fit ${file}: ${messageOf(error)}`, { cause: error })
  }
}
