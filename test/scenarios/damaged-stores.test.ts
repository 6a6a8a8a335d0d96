import { chmod, copyFile, mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { hash, randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { loadSqlite } from '../../src/store/engine/sqlite-binding.ts'
import { configIn, copyStore, EVENTS, realStores, type Files, type Stores } from '../damaged-stores.ts'

let stores: Stores
beforeAll(async () => void (stores = await realStores()))
afterAll(() => stores[Symbol.asyncDispose]())

type Damage = {
  readonly from?: 'stopped' | 'killed'
  readonly by: (files: Files) => Promise<unknown>
  readonly says: RegExp
  /** What is named, the store's file unless told. */
  readonly names?: (files: Files) => string
}

async function sql(file: string, ...statements: readonly string[]): Promise<void> {
  const { DatabaseSync } = await loadSqlite()
  const db = new DatabaseSync(file)
  for (const statement of statements) db.exec(statement)
  db.close()
}

async function overwrite(file: string, at: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.byteLength, at)
  await handle.close()
}

/** One bit of the byte at this part of the file. */
async function flip(file: string, part: number): Promise<void> {
  const at = Math.floor((await stat(file)).size * part)
  await overwrite(file, at, Buffer.from([((await readFile(file))[at] ?? 0) ^ 1]))
}

const PAGE = 4_096

/** Every table and every index has a page that holds rubbish. */
async function spoilPages(file: string, step: number): Promise<void> {
  const { size } = await stat(file)
  for (let at = 2 * PAGE; at < size; at += step * PAGE) await overwrite(file, at, Buffer.alloc(PAGE, 0xa5))
}

const cut = async (file: string, part: number): Promise<void> =>
  truncate(file, Math.floor((await stat(file)).size * part))

const log = ({ log: file }: Files): string => file
const key = ({ key: file }: Files): string => file
const RESTORE = 'restore a back-up'

const DAMAGES: Readonly<Record<string, Damage>> = {
  'a folder in its place': {
    by: async ({ store }) => rm(store).then(() => mkdir(store)),
    says: /is a folder: put the store in its place/,
  },
  'a text file': { by: ({ store }) => writeFile(store, 'not a database\n'.repeat(900)), says: /is no SQLite database/ },
  'missing beside its key': { by: ({ store }) => rm(store), says: /is missing, and the key .* --new-store/ },
  'empty beside its key': { by: ({ store }) => writeFile(store, ''), says: /is empty, and the key .* --new-store/ },
  'without a table beside its key': {
    by: async ({ store }) => rm(store).then(() => sql(store, 'pragma journal_mode = wal')),
    says: /holds no table, and the key .* --new-store/,
  },
  'missing beside its log': {
    from: 'killed',
    by: ({ store, key: file }) => Promise.all([rm(store), rm(file)]),
    says: /is missing, and its log .*-wal is there/,
  },
  'the database of another program': {
    by: async ({ store }) => rm(store).then(() => sql(store, 'create table bookmark (url text)')),
    says: /is the database of another program \(it has a table bookmark\): name another folder/,
  },
  'the database of another program with migrations': {
    by: async ({ store }) => {
      await rm(store)
      await sql(store, 'create table migration (version integer, name text)', `insert into migration values (1, 'a')`)
    },
    says: /migration 1 \(a\) that is not ours: name the store/,
  },
  'of a newer release': {
    by: ({ store }) => sql(store, `insert into migration values (999, 'of the future', 0)`),
    says: /schema 999 \(of the future\).*use a newer one/,
  },
  'without one of its migrations': {
    by: ({ store }) => sql(store, 'delete from migration where version = 5'),
    says: /has no migration 5 \(accounts\), though it has a later one/,
  },
  'without a table': { by: ({ store }) => sql(store, 'drop table tombstone'), says: /in table tombstone/ },
  'without a column': {
    by: ({ store }) => sql(store, 'alter table integration drop column leaves_at'),
    says: /in table integration/,
  },
  'without a unique key': {
    by: ({ store }) => sql(store, 'drop index delivery_window'),
    says: /index delivery_window/,
  },
  'with rubbish in its head': {
    by: ({ store }) => overwrite(store, 16, randomBytes(84)),
    says: /is damaged|is cut off/,
  },
  'with a page of rubbish in 25': { by: ({ store }) => spoilPages(store, 25), says: /is damaged \(/ },
  'with rubbish in every page': { by: ({ store }) => spoilPages(store, 1), says: /is damaged \(/ },
  'with zeros for its second half': {
    by: async ({ store }) => {
      const { size } = await stat(store)
      await overwrite(store, size / 2, Buffer.alloc(size / 2))
    },
    says: /is damaged \(/,
  },
  'cut in half': { by: ({ store }) => cut(store, 0.5), says: /is cut off/ },
  'cut by less than a page': {
    by: async ({ store }) => truncate(store, (await stat(store)).size - 100),
    says: /is cut off/,
  },
  'a log with one wrong bit': {
    from: 'killed',
    by: files => flip(files.log, 0.5),
    says: /is damaged in the middle/,
    names: log,
  },
  'a log with one wrong bit, and no index': {
    from: 'killed',
    by: async files => rm(files.index).then(() => flip(files.log, 0.3)),
    says: /is damaged in the middle/,
    names: log,
  },
  'a log with a wrong bit in its head': {
    from: 'killed',
    by: files => overwrite(files.log, 17, randomBytes(8)),
    says: /has a damaged head/,
    names: log,
  },
  'a log that was cut': { from: 'killed', by: files => cut(files.log, 0.6), says: /ends before its last/, names: log },
  'a log of no length': { from: 'killed', by: files => truncate(files.log), says: /is cut off, though/, names: log },
  'a log that is missing': { from: 'killed', by: files => rm(files.log), says: /is missing, though/, names: log },
  'the log of another store': {
    by: files => copyFile(stores.other.log, files.log),
    says: /is damaged|does not fit/,
  },
  'an older file under its log': {
    from: 'killed',
    by: async files => {
      await copyFile(stores.older.store, files.store)
      await rm(files.index)
    },
    says: /is damaged \(.*belongs to another/,
  },
  'without its key': { by: files => rm(files.key), says: /is missing, and stored secrets .*: put/, names: key },
  'with the key of another store': {
    by: files => copyFile(stores.other.key, files.key),
    says: /does not fit .*: this key file is not the one .*: put/,
    names: key,
  },
  'with a key of rubbish': { by: files => writeFile(files.key, 'rubbish'), says: /32 bytes .*: put/, names: key },
  'with a folder for a key': {
    by: async files => rm(files.key).then(() => mkdir(files.key)),
    says: /is no file: put/,
    names: key,
  },
  'with a key that others can read': { by: files => chmod(files.key, 0o644), says: /can be read.*chmod/, names: key },
  'a folder that is a file': {
    by: async ({ folder }) => rm(folder, { recursive: true }).then(() => writeFile(folder, '')),
    says: /the data folder .* cannot be made \(EEXIST\): name another one with --data/,
    names: ({ folder }) => folder,
  },
}

async function copied(from: 'stopped' | 'killed'): Promise<Files> {
  const files = await stores.fresh()
  await copyStore(stores[from], files)
  return files
}

const refusal = (files: Files): Promise<string> =>
  startApp(configIn(files.folder), { ticking: false }).then(
    async app => app.stop().then(() => 'it was served'),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

/** A digest, since megabytes that differ could not be shown. A log without a frame is none. */
async function stored({ store, log: wal }: Files): Promise<readonly (string | undefined)[]> {
  return Promise.all(
    [store, wal].map(file =>
      readFile(file).then(
        bytes => (bytes.byteLength === 0 ? undefined : hash('sha256', bytes)),
        () => undefined,
      ),
    ),
  )
}

describe('R32: a store that is not well is refused, with its file and the remedy, and left as it is', () => {
  test('of at least 21 kinds', () => expect(Object.keys(DAMAGES).length).toBeGreaterThanOrEqual(21))

  test.each(Object.entries(DAMAGES))('%s', async (_, { from = 'stopped', by, says, names = files => files.store }) => {
    const files = await copied(from)
    await by(files)
    const before = await stored(files)
    const said = await refusal(files)
    expect(said).toMatch(says)
    expect(said).toContain(names(files))
    expect(said).toMatch(/: (restore|put|name|start|chmod|use)|chmod 600/)
    expect(await stored(files)).toEqual(before)
    expect(await refusal(files)).toBe(said)
  })
})

describe('R32: a store that is well is served', () => {
  const facts = async (files: Files): Promise<number> => {
    const app = await startApp(configIn(files.folder), { ticking: false })
    const { DatabaseSync } = await loadSqlite()
    const db = new DatabaseSync(files.store, { readOnly: true })
    const [row] = db.prepare('select count(*) as n from fact').all() as { n: number }[]
    db.close()
    await app.stop()
    return row?.n ?? 0
  }

  const WELL: Readonly<Record<string, Damage['by']>> = {
    'as it was killed': () => Promise.resolve(),
    'as it was killed, without the index': files => rm(files.index),
    // As a loss of power may leave the last transaction, which was not acknowledged.
    'with the last frame of its log torn': async files => {
      await rm(files.index)
      await truncate(files.log, (await stat(files.log)).size - 10)
    },
    'with an index of its own': ({ store }) => sql(store, 'create index of_an_operator on fact (received_at)'),
  }
  test.each(Object.entries(WELL))('%s', async (_, by) => {
    const files = await copied('killed')
    await by(files)
    expect(await facts(files)).toBeGreaterThanOrEqual(3 * EVENTS - 1)
  })

  test('put in place from a back-up, with nothing else', async () => {
    const files = await stores.fresh()
    await copyFile(stores.stopped.key, files.key)
    await sql(stores.stopped.store, `vacuum into '${files.store}'`)
    expect(await facts(files)).toBe(3 * EVENTS)
  })

  test('made anew beside a key when an operator says so, and not again without', async () => {
    const files = await stores.fresh()
    await copyFile(stores.stopped.key, files.key)
    const app = await startApp(configIn(files.folder, { CONSENT_RELAY_NEW_STORE: 'yes' }), { ticking: false })
    await app.stop()
    expect(await facts(files)).toBe(0)
    expect(dirname(files.key)).toBe(join(files.folder))
  })
})

test('a refusal tells where to look', async () => {
  const files = await copied('stopped')
  await cut(files.store, 0.5)
  expect(await refusal(files)).toContain(`${RESTORE}, as docs/operations.md says under "Back-up and restore"`)
})
