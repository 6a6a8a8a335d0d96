import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  addCredential,
  addIntegration,
  addSource,
  aStore,
  CREDENTIAL,
  debt,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
} from '../../../test/store-builders.ts'
import { settled, type Next } from '../../domain/delivery.ts'
import { type Database } from '../engine/database.ts'
import { migrate } from '../engine/migrate.ts'
import { migrations } from '../migrations/all.ts'
import { owe, PRIORITY, settle } from './deliveries.ts'
import { IN_GROUP, seeGroups } from './failure-groups.ts'
import {
  allFailures,
  findFailure,
  insertFailures,
  listFailures,
  updateFailures,
  type FailureFilter,
  type KeptFailure,
} from './failure-rows.ts'
import { deleteIntegration, setHold, setPaused } from '../settings/integrations.ts'
import { extentOf } from './replay-debts.ts'

const NOBODY = { holds: false, lastAt: undefined, withdrawals: 0 }
const group = (kind: KeptFailure['kind'], cause: KeptFailure['cause'], over: object = {}) => ({
  integrationId: INTEGRATION,
  kind,
  cause,
  ...NOBODY,
  ...over,
})
const failureRow = (over: Partial<KeptFailure> = {}): KeptFailure => ({
  id: 'flr_1',
  integrationId: INTEGRATION,
  kind: 'dead',
  cause: 'forgotten',
  state: 'open',
  debts: 2,
  withdrawals: 1,
  firstAt: MORNING,
  lastAt: MORNING,
  changedAt: MORNING,
  changedBy: undefined,
  resolvedAt: undefined,
  ...over,
})

describe.each(databases)('R26: failures on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const people = (n: number, name: string) => Array.from({ length: n }, (_, index) => `${name}-${index}`)
  const oweThem = (persons: readonly string[], priority: number = PRIORITY.live) =>
    owe(
      db,
      persons.map(person => debt({ person, priority })),
    )
  const end = (persons: readonly string[], next: Next, at = MORNING) =>
    settle(
      db,
      persons.map(person => ({ integrationId: INTEGRATION, person, revision: 1, next, at })),
    )
  const seen = async () =>
    (await seeGroups(db)).sort((a, b) => (`${a.kind} ${a.cause}` < `${b.kind} ${b.cause}` ? -1 : 1))
  const hold = (cause: 'audience_missing' | 'merge_tag_missing' | 'key_invalid', table: 'integration' | 'credential') =>
    setHold(
      db,
      { table, id: table === 'credential' ? CREDENTIAL : INTEGRATION },
      { cause, detail: '', since: MORNING + 7, probeAt: MORNING, probes: 0 },
    )
  const retry = (failedAt: number): Next => ({
    ...settled('waiting', 'server_error'),
    dueAt: MORNING,
    failed: 1,
    firstFailedAt: failedAt,
  })

  test('every way to fail is a group of its own, and what goes well is in none', async () => {
    await oweThem(people(2, 'dead'), PRIORITY.withdrawal)
    await oweThem([...people(3, 'gone'), ...people(2, 'held'), ...people(3, 'failing'), 'fine', 'new', 'skipped'])
    await end(people(2, 'dead'), settled('dead', 'forgotten'), MORNING + 1)
    await end(people(3, 'gone'), settled('dead', 'address_conflict'), MORNING + 2)
    await end(people(2, 'held'), settled('held', 'value_unfit'), MORNING + 3)
    await end(people(2, 'failing'), retry(MORNING + 4))
    await end(['failing-2'], retry(MORNING + 5))
    await putDebt(db, 'sending', { person: 'failing-2', reason: 'server_error' })
    await end(['fine'], settled('delivered', undefined))
    await end(['skipped'], settled('skipped', 'no_such_contact'))
    await oweThem(['gone', 'gone later'], PRIORITY.withdrawal)
    await end(['gone'], settled('skipped', 'contact_gone'), MORNING + 6)
    await end(['gone later'], settled('skipped', 'contact_gone'), MORNING + 7)
    const at = (n: number) => ({ firstAt: MORNING + n, lastAt: MORNING + n })
    expect(await seen()).toEqual([
      group('dead', 'address_conflict', { debts: 3, ...at(2) }),
      group('dead', 'forgotten', { debts: 2, withdrawals: 2, ...at(1) }),
      group('gone', 'contact_gone', { debts: 2, withdrawals: 2, firstAt: MORNING + 6, lastAt: MORNING + 7 }),
      group('held', 'value_unfit', { debts: 2, ...at(3) }),
      group('retrying', 'server_error', { debts: 3, firstAt: MORNING + 4, lastAt: MORNING + 5 }),
    ])
  })

  test.each([
    ['of a grant', PRIORITY.live, 'contact_gone'],
    ['of what is merely brought up to date', PRIORITY.backfill, 'contact_gone'],
    ['of a withdrawal that found no contact', PRIORITY.withdrawal, 'no_such_contact'],
    ['of a withdrawal that changes nothing', PRIORITY.withdrawal, 'unchanged'],
  ] as const)('R16e: the end %s is no failure', async (_name, priority, reason) => {
    await oweThem(['ada'], priority)
    await end(['ada'], settled('skipped', reason))
    expect(await seen()).toEqual([])
  })

  test.each([
    ['is owed again', async () => void (await oweThem(['ada']))],
    ['went well', () => putDebt(db, 'delivered', { person: 'ada' })],
  ])('R16e: a withdrawal whose contact is gone is one no longer when it %s', async (_name, happens) => {
    await oweThem(['ada'], PRIORITY.withdrawal)
    await end(['ada'], settled('skipped', 'contact_gone'))
    expect(await seen()).toMatchObject([{ kind: 'gone', debts: 1 }])
    await happens()
    expect(await seen()).toEqual([])
  })

  test('R25: what waits behind a hold belongs to the hold, and each debt to one group only', async () => {
    await oweThem(['withdrawn'], PRIORITY.withdrawal)
    await oweThem(['waits', 'failed'])
    await end(['failed'], retry(MORNING + 4))
    await hold('key_invalid', 'credential')
    expect(await seen()).toEqual([
      group('held', 'key_invalid', { debts: 3, withdrawals: 1, holds: true, firstAt: MORNING + 7 }),
    ])
  })

  test('R14: a missing merge tag holds its own debts only, and is a failure before there are any', async () => {
    await oweThem(['waits', 'held'])
    await hold('merge_tag_missing', 'integration')
    expect(await seen()).toEqual([group('held', 'merge_tag_missing', { debts: 0, holds: true, firstAt: MORNING + 7 })])
    await end(['held'], settled('held', 'merge_tag_missing'))
    expect(await seen()).toMatchObject([{ cause: 'merge_tag_missing', debts: 1 }])
  })

  test('a key holds each of its integrations; a pause is nobody’s failure', async () => {
    await addIntegration(db, { id: 'int_b' })
    await oweThem(['waits'])
    await setPaused(db, { id: INTEGRATION, paused: true })
    expect(await seen()).toEqual([])
    await hold('key_invalid', 'credential')
    // A debt of the paused one would not move if the key were mended.
    expect((await seen()).map(({ integrationId, debts }) => [integrationId, debts]).sort()).toEqual([
      [INTEGRATION, 0],
      ['int_b', 1],
    ])
  })

  test('what a replay finds of a group is what the group counts', async () => {
    await oweThem([...people(3, 'dead'), 'held', 'failing', 'waits'])
    await end(people(3, 'dead'), settled('dead', 'forgotten'))
    await end(['held'], settled('held', 'value_unfit'))
    await end(['failing'], retry(MORNING))
    await oweThem(['gone'], PRIORITY.withdrawal)
    await end(['gone'], settled('skipped', 'contact_gone'))
    const counted = async () => {
      const groups = await seen()
      expect(groups.length).toBeGreaterThan(1)
      for (const { integrationId, kind, cause, debts } of groups)
        expect([kind, cause, (await extentOf(db, { group: { integrationId, kind, cause } })).total]).toEqual([
          kind,
          cause,
          debts,
        ])
    }
    await counted()
    await hold('audience_missing', 'integration')
    await counted()
    expect(Object.keys(IN_GROUP)).toEqual(['dead', 'held', 'retrying', 'gone'])
  })

  test('are kept once, and written only while their state is what it was', async () => {
    await insertFailures(db, [failureRow(), failureRow({ id: 'flr_2', cause: 'address_conflict' })])
    await insertFailures(db, [failureRow({ id: 'flr_3' }), failureRow({ id: 'flr_4', integrationId: 'int_gone' })])
    const failure = failureRow({ debts: 5, state: 'acknowledged', changedBy: 'Eve', changedAt: MORNING + 1 })
    expect(await updateFailures(db, [{ failure, was: 'ignored' }])).toEqual([])
    expect(await updateFailures(db, [{ failure, was: 'open' }])).toEqual(['flr_1'])
    expect(await list()).toMatchObject([{ id: 'flr_2', state: 'open' }, failure])
  })

  const list = (filter: Partial<FailureFilter> = {}) => listFailures(db, { before: '', limit: 10, ...filter })

  test('are listed without the resolved ones, unless these are asked for', async () => {
    const resolved = failureRow({ id: 'flr_2', cause: 'expired', state: 'resolved', debts: 0, resolvedAt: MORNING })
    await insertFailures(db, [failureRow(), resolved])
    const ids = async (filter: Partial<FailureFilter>) => (await list(filter)).map(({ id }) => id)
    expect(await ids({})).toEqual(['flr_1'])
    expect(await ids({ state: 'resolved' })).toEqual(['flr_2'])
    expect(await ids({ id: 'flr_2' })).toEqual(['flr_2'])
    expect(await ids({ kind: 'dead', cause: 'forgotten', integrationId: INTEGRATION })).toEqual(['flr_1'])
    expect(await ids({ kind: 'held' })).toEqual([])
    expect(await ids({ before: 'flr_1' })).toEqual([])
  })

  test('show a debt as an example: the newest, or behind a hold the next one to go', async () => {
    await oweThem(['withdrawn'], PRIORITY.withdrawal)
    await oweThem(['a', 'b', 'waits', 'failing'])
    await end(['a'], { ...settled('dead', 'forgotten'), detail: 'older' }, MORNING)
    await end(['b'], { ...settled('dead', 'forgotten'), detail: 'newer' }, MORNING + 1)
    await end(['failing'], retry(MORNING))
    await oweThem(['gone', 'gone later'], PRIORITY.withdrawal)
    await end(['gone'], settled('skipped', 'contact_gone'), MORNING)
    await end(['gone later'], settled('skipped', 'contact_gone'), MORNING + 1)
    await insertFailures(db, [
      failureRow({ id: 'flr_1' }),
      failureRow({ id: 'flr_2', kind: 'retrying', cause: 'server_error' }),
      failureRow({ id: 'flr_3', kind: 'held', cause: 'key_invalid' }),
      failureRow({ id: 'flr_4', cause: 'expired' }),
      failureRow({ id: 'flr_5', kind: 'gone', cause: 'contact_gone' }),
    ])
    const examples = async () => Object.fromEntries((await list()).map(({ id, example }) => [id, example?.person]))
    expect(await examples()).toEqual({
      flr_1: 'b',
      flr_2: 'failing',
      flr_3: undefined,
      flr_4: undefined,
      flr_5: 'gone later',
    })
    await hold('key_invalid', 'credential')
    expect(await examples()).toMatchObject({ flr_1: 'b', flr_3: 'withdrawn' })
    expect((await list({ id: 'flr_1' }))[0]?.example?.detail).toBe('newer')
  })

  test('go with their integration', async () => {
    await insertFailures(db, [failureRow()])
    await deleteIntegration(db, INTEGRATION)
    expect(await list()).toEqual([])
  })
})

describe.each(databases)('failures of the version before, on $name', ({ open }) => {
  test('stay as they are, go on going with their integration, and have room for contacts that are gone', async () => {
    const db = await open()
    try {
      await migrate(
        db,
        migrations.filter(({ version }) => version < 28),
      )
      await addSource(db)
      await addCredential(db)
      await addIntegration(db)
      await oweOne(db, { person: 'ada', priority: PRIORITY.withdrawal })
      await putDebt(db, 'skipped', { person: 'ada', reason: 'contact_gone' })
      const kept = failureRow({ state: 'ignored', changedBy: 'Eve', resolvedAt: MORNING + 1 })
      await insertFailures(db, [kept, failureRow({ id: 'flr_2', cause: 'expired' })])
      const gone = failureRow({ id: 'flr_3', kind: 'gone', cause: 'contact_gone' })
      await expect(insertFailures(db, [gone])).rejects.toThrow()

      await migrate(db, migrations)

      expect(await findFailure(db, 'flr_1')).toEqual(kept)
      expect((await allFailures(db)).map(({ id }) => id).sort()).toEqual(['flr_1', 'flr_2'])
      expect(await seeGroups(db)).toMatchObject([{ kind: 'gone', cause: 'contact_gone', debts: 1, withdrawals: 1 }])
      await insertFailures(db, [gone, { ...kept, id: 'flr_4' }])
      expect((await allFailures(db)).map(({ id }) => id).sort(), 'one of each').toEqual(['flr_1', 'flr_2', 'flr_3'])
      await deleteIntegration(db, INTEGRATION)
      expect(await allFailures(db)).toEqual([])
    } finally {
      await db.close()
    }
  })
})
