import { type Database } from '../engine/database.ts'

/** The tables in which an erased person may have been. */
const TABLES = [
  'inbox',
  'fact',
  'link',
  'delivery',
  'braked_target',
  'attempt',
  'contact',
  'naming',
  'unproven',
  'retracted',
  'replay',
  'erasure',
] as const

type Clearing = { readonly isThorough: boolean }

/**
 * Takes what was erased out of the files of the store that are in reach from here; false when that could not be done
 * now. The embedded store overwrites what it deletes, so only its log still has it. PostgreSQL keeps dead rows
 * until a vacuum: a thorough one writes each table again, and no other statement can use the table meanwhile.
 */
export async function clearRemains(db: Database, { isThorough }: Clearing): Promise<boolean> {
  if (db.dialect === 'sqlite') return emptyLog(db)
  if (!isThorough) return true
  for (const table of TABLES) await db.query(`vacuum full ${table}`)
  return true
}

/** A reader that is at work keeps the log; then it is emptied the next time. */
async function emptyLog(db: Database): Promise<boolean> {
  // Most is written first, and no statement waits for that.
  await db.query('pragma wal_checkpoint(passive)')
  const [row] = await db.query<{ busy: number }>('pragma wal_checkpoint(truncate)')
  return row?.busy === 0
}
