import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/databases.ts'
import { releasedStore } from '../../../test/released-store.ts'
import { DAY } from '../../domain/instant.ts'
import { DEFAULT_RETENTION } from '../../domain/retention.ts'
import { createExpiry } from '../../pipeline/upkeep/retention.ts'
import { createUpgrading } from '../../pipeline/upkeep/upgrade.ts'
import { contactsOf } from '../contacts/contacts.ts'
import { type Database, type Row } from '../engine/database.ts'
import { migrate } from '../engine/migrate.ts'
import { factsOf } from '../ledger/facts.ts'
import { accountFor } from '../ledger/tallies.ts'
import { listIntegrations } from '../settings/integrations.ts'
import { saveRetention } from '../settings/retention.ts'
import { migrations } from './all.ts'

const NOW = 1_795_500_000_000
const EVENTS = 'src_01m83t4cm00002bp22xf6ymb8e'
const AUDIENCE = { dataCentre: 'us6', audienceId: 'a1b2c3d4e5' }

const upgrading = (db: Database, failures: unknown[]) => {
  const telemetry = { upgraded: () => undefined, stepFailed: (_: string, error: unknown) => failures.push(error) }
  return createUpgrading({ db, clock: () => NOW, telemetry, onOwed: () => undefined })
}

async function upgrade(db: Database): Promise<void> {
  await migrate(db, migrations)
  const failures: unknown[] = []
  const work = upgrading(db, failures)
  work.request()
  await work.idle()
  await work.stop()
  expect(failures).toEqual([])
}

/** What no rule changes. */
const UNCHANGED = [
  'source',
  'source_secret',
  'token',
  'credential',
  'integration',
  'seal',
  'inbox',
  'attempt',
  'batch',
  'tally',
]

const TABLES = [...UNCHANGED, 'tombstone', 'fact', 'link', 'delivery', 'contact', 'tag_claim', 'upgrade']

/** All rows, but for the ids that are made at random. */
async function rowsOf(db: Database, tables = TABLES): Promise<Record<string, readonly string[]>> {
  const rows = await Promise.all(
    tables.map(async name => [name, sorted(await db.query(`select * from ${name}`))] as const),
  )
  return Object.fromEntries(rows)
}

/** An integration of the release before leaves nothing. */
const stays = (row: string): string =>
  JSON.stringify({ ...(JSON.parse(row) as Record<string, unknown>), leaves_at: null, left_from: null })

/** Of a key of the release before it is not known whose it is. */
const isUnasked = (row: string): string =>
  JSON.stringify({ ...(JSON.parse(row) as Record<string, unknown>), mailchimp_user: null, user_seen_at: null })

const sorted = (rows: readonly Row[]): string[] =>
  rows
    .map(({ id, ...row }) =>
      JSON.stringify({
        ...(typeof id === 'string' && id.startsWith('dlv_') ? {} : { id }),
        ...Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? [...value].length : value]),
        ),
      }),
    )
    .sort()

describe.each(databases)('a store of the first release on $name', ({ open }) => {
  async function released(): Promise<Database> {
    const db = await open()
    await (await releasedStore()).fill(db)
    return db
  }

  const namesOf = async (db: Database, person: string) =>
    ((await factsOf(db, [{ sourceId: EVENTS, person }])).get(JSON.stringify([EVENTS, person])) ?? []).map(
      ({ kind, names }) => [kind, names],
    )

  const record = async (db: Database, alias: string) =>
    [...(await contactsOf(db, [{ ...AUDIENCE, alias }])).values()][0]

  const aliasOf = async (db: Database, person: string) =>
    String((await db.query('select contact from delivery where person = $1', [person]))[0]?.['contact'])

  test('keeps what every fact said, and everything that no rule changed', async () => {
    await using db = disposing(await released())
    const before = await rowsOf(db, UNCHANGED)
    const facts = await db.query<{ id: string; content: string; person: string | null }>(
      'select id, content, person from fact order by id',
    )
    await migrate(db, migrations)
    expect(await rowsOf(db, UNCHANGED)).toEqual({
      ...before,
      integration: before['integration']?.map(stays),
      credential: before['credential']?.map(isUnasked),
    })
    expect(await db.query('select id, content, person from fact order by id')).toEqual(facts)
    const people = [...new Set(facts.flatMap(({ person }) => person ?? []))]
    const known = await factsOf(
      db,
      people.map(person => ({ sourceId: EVENTS, person })),
    )
    for (const fact of [...known.values()].flat()) {
      const { now, before: old } = JSON.parse(facts.find(({ id }) => id === fact.id)?.content ?? '{}') as Record<
        string,
        unknown
      >
      expect(fact.after).toMatchObject(now ?? {})
      expect(fact.before ?? {}).toMatchObject(old ?? {})
    }
    expect(known.size).toBe(people.filter(person => !person.startsWith('n-')).length)
    await expect(listIntegrations(db)).resolves.toMatchObject([
      {},
      { settings: { name: 'a \0 and \ud800, \\u0000' } },
      {},
    ])
  })

  test('R21: what was written becomes what is known of the contact, of every integration that wrote to it', async () => {
    await using db = disposing(await released())
    await migrate(db, migrations)
    const known = String((await db.query('select max(id) as id from fact'))[0]?.['id'])
    expect(await record(db, await aliasOf(db, 'ada@example.test'))).toMatchObject({
      contactId: undefined,
      goneAfter: undefined,
      entries: { 'merge:NEWS': { value: 'true', fact: known, person: 'ada@example.test' } },
    })
    // Two persons name one contact, by two integrations; the last word of each merge tag counts.
    const shared = await record(db, await aliasOf(db, 'n-1'))
    expect(shared?.entries).toMatchObject({
      'merge:PLAN': { value: 'silver', person: 'n-2' },
      'merge:NEWS': { value: 'true' },
    })
    expect(await record(db, await aliasOf(db, 'ivan@example.test'))).toMatchObject({ wroteAt: undefined, entries: {} })
    const [open] = await db.query('select window_until, window_sent from delivery where window_until is not null')
    expect(open).toMatchObject({ window_until: 1_795_426_990_000 })
  })

  test('R16c: the older integration fills a tag of which documents clash', async () => {
    await using db = disposing(await released())
    await migrate(db, migrations)
    const claims = await db.query('select integration_id, tag, fills from tag_claim order by integration_id, tag')
    expect(claims.filter(({ tag }) => tag === 'NEWS').map(({ fills }) => fills)).toEqual([1, 0])
  })

  test('R5, R6: facts are read again with the present reader, and those of nobody find their person', async () => {
    await using db = disposing(await released())
    const before = await accountFor(db)
    await upgrade(db)
    expect(await namesOf(db, 'carl@example.test')).toEqual([
      ['created', 'carl@example.test'],
      ['created', undefined],
    ])
    expect(await namesOf(db, 'kate@example.test')).toContainEqual(['updated', 'kate@example.test'])
    // The spelling of the release is another name of the same person.
    expect(await namesOf(db, 'gina@bücher.test')).toEqual([
      ['created', 'gina@bücher.test'],
      ['created', 'gina@bücher.test'],
    ])
    expect(await namesOf(db, 'gina@bÜcher.test')).toEqual([])
    expect(await db.query(`select person from delivery where person like 'gina@%'`)).toEqual([
      { person: 'gina@bücher.test' },
    ])
    const shared = await db.query(`select person, shared from link where user_id = 'tablet' order by person`)
    expect(shared.map(({ shared: is }) => is)).toEqual([1, 1, 1, 1, 1, 1])
    // A body that expired stays as it was read.
    expect(await namesOf(db, 'otto@example.test')).toEqual([['created', 'otto@example.test']])
    const after = await accountFor(db)
    expect(after.received).toBe(before.received)
    expect(before.anonymous - after.anonymous).toBe(4)
    expect(after.folded - before.folded).toBe(4)
    const stored = await db.query(`select count(*) as n from fact where person is null and kind <> 'deleted'`)
    expect(stored).toEqual([{ n: after.anonymous }])
  })

  test('R5c: nothing of nobody expires before it was looked for whose it is', async () => {
    await using db = disposing(await released())
    await migrate(db, migrations)
    await saveRetention(db, { ...DEFAULT_RETENTION, bodies: null })
    const before = await accountFor(db)
    const expires = async () => {
      const telemetry = {
        expired: () => undefined,
        stepFailed: (_: string, error: unknown) => expect.fail(String(error)),
      }
      const expiry = createExpiry({ db, clock: () => NOW + 400 * DAY, telemetry })
      expiry.request()
      await expiry.idle()
      return accountFor(db)
    }
    expect(await expires()).toEqual(before)
    await upgrade(db)
    const after = await accountFor(db)
    expect(after.folded - before.folded).toBe(4)
    expect(after.anonymous).toBeGreaterThan(0)
    expect(await expires()).toEqual({ ...after, anonymous: 0, expired: after.anonymous })
  })

  test('makes everyone due whose debt had ended, and leaves what waits or is absent', async () => {
    await using db = disposing(await released())
    const before = new Map(
      (await db.query('select integration_id, person, status from delivery')).map(row => [
        JSON.stringify([row['integration_id'], row['person']]),
        row['status'],
      ]),
    )
    await upgrade(db)
    const after = await db.query(
      'select integration_id, person, status, priority, due_at, unaccepted, reason from delivery',
    )
    for (const row of after) {
      const was = before.get(JSON.stringify([row['integration_id'], row['person']]))
      const isDue = row['status'] === 'waiting' && row['due_at'] === NOW
      if (row['reason'] === 'no_such_contact') expect(row['status']).toBe('skipped')
      else if (was === 'waiting') expect(row).toMatchObject({ status: was, unaccepted: null })
      else expect([row['person'], isDue]).toEqual([row['person'], true])
    }
  })

  test('changes nothing when it is done again', async () => {
    await using db = disposing(await released())
    await upgrade(db)
    const once = await rowsOf(db)
    expect(await migrate(db, migrations)).toEqual([])
    await upgrade(db)
    expect(await rowsOf(db)).toEqual(once)
  })

  test('interrupted anywhere and started again, ends the same', async () => {
    await using whole = disposing(await released())
    await upgrade(whole)
    const expected = await rowsOf(whole)
    await using db = disposing(await released())
    for (const { version } of migrations.filter(each => each.version > 10))
      await migrate(
        db,
        migrations.filter(each => each.version <= version),
      )
    for (let parts = 0; parts < 40; parts++) await onePart(db)
    expect(await rowsOf(db)).toEqual(expected)
  })

  /** A process that ends during its second part. */
  async function onePart(db: Database): Promise<void> {
    let parts = 0
    const failing: Database = {
      ...db,
      transaction: work => db.transaction(work.length > 0 && parts++ > 0 ? lost(work) : work),
    }
    const work = upgrading(failing, [])
    work.request()
    await work.idle()
    await work.stop()
  }

  const lost =
    <T>(work: (tx: Parameters<Parameters<Database['transaction']>[0]>[0]) => Promise<T>) =>
    async (tx: Parameters<typeof work>[0]): Promise<T> => {
      await work(tx)
      throw new Error('the process ended before its commit')
    }
})

const disposing = (db: Database): Database & AsyncDisposable => ({
  ...db,
  [Symbol.asyncDispose]: () => db.close(),
})
