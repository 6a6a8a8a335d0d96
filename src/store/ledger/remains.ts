import { type Database } from '../engine/database.ts'

/** The tables in which an erased person may have been. */
const TABLES = [
  'inbox',
  'fact',
  'link',
  'delivery',
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
 * Takes what was erased out of the files of the store, as far as that can be done from here; false when it could not be
 * done now. The embedded store overwrites what it deletes, so only its log still has it. PostgreSQL keeps dead rows
 * until a vacuum: a thorough one writes each table again, which nobody else can use meanwhile.
 */
export async function clearRemains(db: Database, { isThorough }: Clearing): Promise<boolean> {
  if (db.dialect === 'sqlite') return emptyLog(db)
  if (!isThorough) return true
  for (const table of TABLES) await db.query(`vacuum full ${table}`)
  return true
}

/** A reader that is at work keeps the log; then it is emptied the next time. */
async function emptyLog(db: Database): Promise<boolean> {
  // Most is written first without anyone waiting for it.
  await db.query('pragma wal_checkpoint(passive)')
  const [row] = await db.query<{ busy: number }>('pragma wal_checkpoint(truncate)')
  return row?.busy === 0
}
