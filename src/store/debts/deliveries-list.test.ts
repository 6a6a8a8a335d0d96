import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import {
  ADA,
  addIntegration,
  addSource,
  aStore,
  BOB,
  CREDENTIAL,
  debt,
  INTEGRATION,
  openStore,
  oweOne,
  putDebt,
  SOURCE,
} from '../../../test/store-builders.ts'
import { settled } from '../../domain/delivery.ts'
import { type Database } from '../engine/database.ts'
import { owe, settle } from './deliveries.ts'
import {
  countDebts,
  countDeliveries,
  deliveriesOf,
  findDebtId,
  listDeliveries,
  peopleOwed,
  type DeliveryFilter,
} from './delivery-list.ts'
import { personKey } from '../ledger/source-person.ts'
import { setHold, setPaused, type HoldTarget } from '../settings/integrations.ts'

const NONE = { waiting: 0, sending: 0, held: 0, delivered: 0, skipped: 0, dead: 0 }
const STATUSES = ['waiting', 'sending', 'held', 'delivered', 'skipped', 'dead'] as const

describe.each(databases)('looking at deliveries on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(() => aStore(db))
  afterAll(() => db.close())

  const list = (filter: Partial<DeliveryFilter> = {}) => listDeliveries(db, { before: '', limit: 100, ...filter })
  const counts = async (filter: Parameters<typeof countDeliveries>[1] = {}) =>
    (await countDeliveries(db, filter)).byStatus
  const hold = (target: HoldTarget, cause: 'audience_missing' | 'merge_tag_missing' | 'key_invalid') =>
    setHold(db, target, { cause, detail: `about ${cause}`, since: MORNING, probeAt: MORNING, probes: 0 })
  const integration = { table: 'integration', id: INTEGRATION } as const
  const credential = { table: 'credential', id: CREDENTIAL } as const

  test('I7: every debt is counted in exactly one status', async () => {
    const people = STATUSES.map(status => `is ${status}`)
    await owe(
      db,
      people.map(person => debt({ person })),
    )
    for (const [index, status] of STATUSES.entries()) await putDebt(db, status, { person: people[index] ?? '' })
    expect(await counts()).toEqual({
      waiting: 1,
      sending: 1,
      held: 1,
      delivered: 1,
      skipped: 1,
      dead: 1,
    })
    for (const status of STATUSES)
      expect((await list({ status })).map(({ person }) => person)).toEqual([`is ${status}`])
  })

  test('they are counted by integration, by source, or all', async () => {
    await addSource(db, { id: 'src_b' })
    await addIntegration(db, { id: 'int_a2' })
    await addIntegration(db, { id: 'int_b', sourceId: 'src_b' })
    await owe(db, [debt(), debt({ person: BOB }), debt({ sourceId: 'src_b' })])
    const waiting = async (filter: Parameters<typeof counts>[0]) => (await counts(filter)).waiting
    expect(await waiting({})).toBe(5)
    expect(await waiting({ sourceId: 'src_a' })).toBe(4)
    expect(await waiting({ integrationId: 'int_a2' })).toBe(2)
    expect(await waiting({ integrationId: 'int_b', sourceId: 'src_a' })).toBe(0)
    expect(await counts({ integrationId: 'unknown' })).toEqual(NONE)
  })

  test('a debt is shown with everything that is known of it', async () => {
    await oweOne(db)
    const next = { ...settled('dead', 'address_refused'), detail: 'looks fake', failed: 1, firstFailedAt: MORNING }
    await settle(db, [{ integrationId: INTEGRATION, person: ADA, revision: 1, next, at: MORNING + 1 }])
    expect(await list()).toEqual([
      {
        id: expect.stringMatching(/^dlv_/) as string,
        integrationId: INTEGRATION,
        person: ADA,
        status: 'dead',
        priority: 1,
        dueAt: undefined,
        revision: 1,
        failed: 1,
        carriesWithdrawal: false,
        reason: 'address_refused',
        detail: 'looks fake',
        end: undefined,
        heldBy: undefined,
        owedAt: MORNING,
        settledAt: MORNING + 1,
      },
    ])
  })

  test('R25: what waits for a paused integration is held, and waits again once it goes on', async () => {
    await oweOne(db)
    await setPaused(db, { id: INTEGRATION, paused: true })
    expect(await counts()).toEqual({ ...NONE, held: 1 })
    expect(await list()).toMatchObject([{ status: 'held', heldBy: 'paused', reason: 'paused' }])
    await setPaused(db, { id: INTEGRATION, paused: false })
    expect(await counts()).toEqual({ ...NONE, waiting: 1 })
  })

  test('R25: what waits behind a bad key is held, with the reason, in every integration of the key', async () => {
    await addIntegration(db, { id: 'int_b' })
    await oweOne(db)
    await hold(credential, 'key_invalid')
    expect(await counts()).toEqual({ ...NONE, held: 2 })
    const shown = { status: 'held', heldBy: 'key_invalid', reason: 'key_invalid', detail: 'about key_invalid' }
    expect(await list()).toMatchObject([shown, shown])
    await setHold(db, credential, undefined)
    expect(await counts()).toEqual({ ...NONE, waiting: 2 })
  })

  test('R25: what waits for a missing audience is held, in its integration only', async () => {
    await addIntegration(db, { id: 'int_b' })
    await oweOne(db)
    await hold(integration, 'audience_missing')
    expect(await list({ integrationId: INTEGRATION })).toMatchObject([{ status: 'held', reason: 'audience_missing' }])
    expect(await list({ integrationId: 'int_b' })).toMatchObject([{ status: 'waiting', reason: undefined }])
  })

  test('R25: the reason of the key comes before that of the integration', async () => {
    await oweOne(db)
    await hold(integration, 'audience_missing')
    await hold(credential, 'key_invalid')
    expect(await list()).toMatchObject([{ reason: 'key_invalid', detail: 'about key_invalid' }])
  })

  test('R14: a missing merge tag stops only its field: what waits goes on waiting, for its own reason', async () => {
    await oweOne(db)
    const next = { ...settled('waiting', 'server_error'), dueAt: MORNING, detail: 'HTTP 500', failed: 1 }
    await settle(db, [{ integrationId: INTEGRATION, person: ADA, revision: 1, next, at: MORNING }])
    await hold(integration, 'merge_tag_missing')
    expect(await counts()).toEqual({ ...NONE, waiting: 1 })
    expect(await list()).toMatchObject([
      { status: 'waiting', heldBy: undefined, reason: 'server_error', detail: 'HTTP 500' },
    ])
  })

  test('what has ended keeps its own status and reason under a hold', async () => {
    await oweOne(db)
    await putDebt(db, 'skipped', { reason: 'unchanged' })
    await hold(credential, 'key_invalid')
    expect(await list()).toMatchObject([{ status: 'skipped', reason: 'unchanged' }])
    expect(await counts()).toEqual({ ...NONE, skipped: 1 })
  })

  test('the filter for held finds what a hold holds, the one for waiting does not', async () => {
    await owe(db, [debt(), debt({ person: BOB })])
    await putDebt(db, 'held', { person: BOB, reason: 'value_unfit' })
    await setPaused(db, { id: INTEGRATION, paused: true })
    expect(await list({ status: 'held' })).toHaveLength(2)
    expect(await list({ status: 'waiting' })).toEqual([])
  })

  test('filters join, and find nothing where nothing is', async () => {
    await owe(db, [debt(), debt({ person: BOB })])
    await putDebt(db, 'delivered', { person: BOB })
    expect(await list({ integrationId: INTEGRATION, status: 'delivered', person: BOB })).toHaveLength(1)
    expect(await list({ integrationId: INTEGRATION, status: 'delivered', person: ADA })).toEqual([])
    expect(await list({ person: `' or 1=1 --` })).toEqual([])
  })

  test('pages show each debt once, whatever the size of the page', async () => {
    await owe(
      db,
      Array.from({ length: 25 }, (_, n) => debt({ person: `person-${n}` })),
    )
    const all = (await list()).map(({ id }) => id)
    const seen: string[] = []
    for (let before = ''; ;) {
      const page = await list({ before, limit: 7 })
      seen.push(...page.map(({ id }) => id))
      if (page.length < 7) break
      before = page.at(-1)?.id ?? ''
    }
    expect(all).toHaveLength(25)
    expect(seen).toEqual(all)
    expect(await list({ before: all.at(-1) ?? '' })).toEqual([])
  })

  test('the debts of some persons are found by source and person, as they show', async () => {
    await addSource(db, { id: 'src_b' })
    await addIntegration(db, { id: 'int_b' })
    await addIntegration(db, { id: 'int_other', sourceId: 'src_b' })
    await owe(db, [debt(), debt({ person: BOB }), debt({ sourceId: 'src_b' })])
    await hold(integration, 'audience_missing')
    const [ada, cy] = [
      { sourceId: SOURCE, person: ADA },
      { sourceId: SOURCE, person: 'cy@example.test' },
    ]
    const found = await deliveriesOf(db, [ada, cy])
    expect([...found.keys()]).toEqual([personKey(ada)])
    expect(
      found
        .get(personKey(ada))
        ?.map(row => [row.integrationId, row.status, row.reason])
        .sort(),
    ).toEqual([
      [INTEGRATION, 'held', 'audience_missing'],
      ['int_b', 'waiting', undefined],
    ])
    expect(await deliveriesOf(db, [])).toEqual(new Map())
  })

  test('everybody whom an integration owes or has paid is counted and listed', async () => {
    await addIntegration(db, { id: 'int_b', sourceId: SOURCE })
    await owe(db, [debt(), debt({ person: BOB })])
    await putDebt(db, 'delivered', { person: BOB })
    expect(await peopleOwed(db, { integrationId: INTEGRATION, limit: 10 })).toEqual([ADA, BOB])
    expect(await peopleOwed(db, { integrationId: INTEGRATION, limit: 1 })).toEqual([ADA])
    expect(await countDebts(db, INTEGRATION)).toBe(2)
    const [newest] = await list({ person: ADA, integrationId: INTEGRATION })
    expect(await findDebtId(db, { integrationId: INTEGRATION, person: ADA })).toBe(newest?.id)
    expect(await findDebtId(db, { integrationId: 'int_none', person: ADA })).toBeUndefined()
    expect([await countDebts(db, 'int_none'), await peopleOwed(db, { integrationId: 'int_none', limit: 9 })]).toEqual([
      0,
      [],
    ])
  })
})
